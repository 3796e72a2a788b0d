"""The Service of a model's own load balancer."""

from typing import Any

from gpuplane.platforms import facts
from gpuplane.serving.traffic.load_balancer.args import ModelLoadBalancerArgs


def load_balancer_spec(args: ModelLoadBalancerArgs) -> dict[str, Any]:
    """Return the spec of the Service: port 443 if the load balancer terminates TLS, else 80."""
    port = 80 if args.certificate_arn is None else 443
    return {
        "type": "LoadBalancer",
        "selector": args.selector,
        "ports": [{"name": "http", "port": port, "targetPort": "http", "protocol": "TCP"}],
        **({"loadBalancerSourceRanges": args.source_ranges} if args.source_ranges else {}),
    }


def annotations(args: ModelLoadBalancerArgs) -> dict[str, str]:
    """Return what the platform's load balancer controller reads: the reach, and the certificate."""
    known = facts(args.platform).load_balancer
    reach = known.internal_annotations if args.internal else known.external_annotations
    if args.certificate_arn is None:
        return dict(reach)
    return {**reach, known.certificate_annotation: args.certificate_arn, **known.tls_annotations}
