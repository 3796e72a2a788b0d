"""What a load balancer of a model's own may be: open to the world only with TLS or for named sources."""

import ipaddress
from collections.abc import Iterable
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.component.base import ComponentArgs
from gpuplane.platforms import Platform, facts


class LoadBalancerShape(Args):
    """A load balancer for one server."""

    internal: bool = True
    """Whether only the cluster's own network reaches it."""

    source_ranges: list[str] = []
    """The only networks that may reach it, such as `203.0.113.0/24`. By default any that can."""

    certificate_arn: str | None = None
    """On EKS, the ARN of the ACM certificate it ends TLS with."""

    def platform_problems(self, platform: Platform) -> Iterable[Problem]:
        """No plain HTTP for the whole world, and no certificate where the load balancer cannot hold one.

        Args:
            platform: The platform of the cluster.
        """
        for index, network in enumerate(self.source_ranges):
            try:
                ipaddress.ip_network(network)
            except ValueError:
                yield Problem(f"source_ranges[{index}]", f"must be a network, got {network!r}, such as 203.0.113.0/24")
        if self.certificate_arn is not None and not facts(platform).load_balancer.certificate_annotation:
            yield Problem("certificate_arn", "must be left out off EKS, whose load balancers alone end TLS for it")
        is_open = not self.source_ranges or any(network in ("0.0.0.0/0", "::/0") for network in self.source_ranges)
        if not self.internal and is_open and self.certificate_arn is None:
            yield Problem(
                "internal",
                "must be true, got false: a server open to the world without TLS is refused, "
                "fix: internal: true, source_ranges, on EKS certificate_arn, or expose it through a Gateway",
            )


class ModelLoadBalancerArgs(LoadBalancerShape, ComponentArgs):
    """Arguments of `ModelLoadBalancer`."""

    platform: Platform = Platform.KUBECONFIG
    """`gke` or `eks`. By default neither: no annotation then makes the load balancer internal."""

    namespace: Input[str]
    """Namespace of the server behind it."""

    selector: dict[str, Input[str]]
    """Labels of the server's pods, `server.labels`."""

    def own_problems(self) -> Iterable[Problem]:
        """The rules over several arguments."""
        yield from self.platform_problems(self.platform)


def load_balancer_spec(args: ModelLoadBalancerArgs) -> dict[str, Any]:
    """The spec of the Service; port 443 where the load balancer ends TLS, else 80."""
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
