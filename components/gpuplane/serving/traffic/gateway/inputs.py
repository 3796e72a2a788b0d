"""The objects of a shared gateway: listeners, certificate, and the redirect that sends plain HTTP to TLS."""

from collections.abc import Sequence
from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.serving.traffic.gateway.fields import GatewayFields

GATEWAY_API = "gateway.networking.k8s.io/v1"
CERTIFICATE_SECRET = "inference-gateway-tls"
AWS_SETTINGS = "inference-gateway"


def gateway_spec(
    args: GatewayFields, class_name: str, policies: str, namespaces: Sequence[Input[str]]
) -> dict[str, Any]:
    """Return the spec of the Gateway: TLS for the tenants' routes, plain HTTP for nothing but the redirect to it.

    Args:
        args: The gateway's arguments.
        class_name: Its class.
        policies: The policy resources of the class.
        namespaces: Namespaces whose routes it accepts.
    """
    tenants = {
        "namespaces": {
            "from": "Selector",
            "selector": {
                "matchExpressions": [
                    {"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(namespaces)}
                ]
            },
        }
    }
    http: dict[str, Any] = {"name": "http", "protocol": "HTTP", "port": 80}
    if args.tls is None:
        listeners = [{**http, "allowedRoutes": tenants}]
    else:
        listeners = [
            {**http, "allowedRoutes": {"namespaces": {"from": "Same"}}},
            {"name": "https", "protocol": "HTTPS", "port": 443, **_tls(args), "allowedRoutes": tenants},
        ]
    settings = {"group": "gateway.k8s.aws", "kind": "LoadBalancerConfiguration", "name": AWS_SETTINGS}
    return {
        "gatewayClassName": class_name,
        "listeners": listeners,
        **({"infrastructure": {"parametersRef": settings}} if policies == "aws" else {}),
    }


def gateway_annotations(args: GatewayFields) -> dict[str, str]:
    """Return the annotations that GKE reads."""
    return {} if args.certificate_map is None else {"networking.gke.io/certmap": args.certificate_map}


def certificate_spec(issuer: str, hosts: Sequence[str]) -> dict[str, Any]:
    """Return the spec of cert-manager's Certificate for all hosts."""
    return {
        "secretName": CERTIFICATE_SECRET,
        "dnsNames": sorted(set(hosts)),
        "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": issuer},
    }


def redirect_spec(gateway: str) -> dict[str, Any]:
    """Return the spec of the route that redirects plain HTTP to HTTPS."""
    redirect = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    return {"parentRefs": [{"name": gateway, "sectionName": "http"}], "rules": [{"filters": [redirect]}]}


def aws_settings_spec(args: GatewayFields, idle_seconds: int) -> dict[str, Any]:
    """Return the spec of the AWS Load Balancer Controller's LoadBalancerConfiguration.

    An Application Load Balancer has no request timeout; its idle timeout, 60 seconds by default, ends long requests.

    Args:
        args: The gateway's arguments.
        idle_seconds: The idle timeout.
    """
    listener = {"protocolPort": "HTTPS:443", "defaultCertificate": args.certificate_arn}
    return {
        "scheme": "internal" if args.internal else "internet-facing",
        "loadBalancerAttributes": [{"key": "idle_timeout.timeout_seconds", "value": str(idle_seconds)}],
        **({"listenerConfigurations": [listener]} if args.certificate_arn is not None else {}),
    }


def _tls(args: GatewayFields) -> dict[str, Any]:
    secret = CERTIFICATE_SECRET if args.issuer is not None else args.certificate_secret
    if secret is None:
        # The load balancer has the certificate, and its listener names none.
        return {}
    return {"tls": {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": secret}]}}
