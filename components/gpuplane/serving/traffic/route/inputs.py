"""The HTTPRoute of a model, and the policies that a platform's load balancer reads beside it.

GKE's load balancer checks the health of `/` and ends a request after 30 seconds by default; AWS' checks `/` and reaches
pods through ports of their nodes by default. Sources:
https://cloud.google.com/kubernetes-engine/docs/how-to/configure-gateway-resources and
https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/gateway/customization/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.platforms import PORTABLE
from gpuplane.serving.traffic.gateway.facts import GatewayFacts
from gpuplane.serving.traffic.route.fields import Backend, RouteFields


def http_route_spec(route: RouteFields, backends: Mapping[str, Backend], gateway: GatewayFacts) -> dict[str, Any]:
    """Return the spec of the HTTPRoute: a rule per variant with headers, then one with all variants by weight.

    A variant of weight 0 stays in the rule, so that a promotion changes numbers only.

    Args:
        route: Hosts, path and time.
        backends: The servers by variant.
        gateway: What it goes through.

    Example:
        >>> facts = GatewayFacts(name="inference", namespace="gateway", listener="https", policies="portable")
        >>> route = RouteFields(hosts=["api.example.com"], path="/bert")
        >>> http_route_spec(route, {"main": Backend(service="bert")}, facts)["rules"][0]["backendRefs"]
        [{'name': 'bert', 'port': 80, 'weight': 100}]
    """
    named = [
        _rule(route, gateway, {name: backend}, backend.headers)
        for name, backend in sorted(backends.items())
        if backend.headers
    ]
    parent = {"name": gateway.name, "namespace": gateway.namespace, "sectionName": gateway.listener}
    return {
        "parentRefs": [parent],
        "hostnames": sorted(set(route.hosts)),
        "rules": [*named, _rule(route, gateway, backends, {})],
    }


def _rule(
    route: RouteFields, gateway: GatewayFacts, backends: Mapping[str, Backend], headers: Mapping[str, str]
) -> dict[str, Any]:
    match: dict[str, Any] = {"path": {"type": "PathPrefix", "value": route.path}}
    if headers:
        match["headers"] = [{"type": "Exact", "name": name, "value": value} for name, value in sorted(headers.items())]
    rewrite = {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": route.rewrite}}
    return {
        "matches": [match],
        **({"filters": [{"type": "URLRewrite", "urlRewrite": rewrite}]} if route.rewrite is not None else {}),
        # GKE and AWS have no timeouts in a route: theirs are in a policy or in the load balancer's settings.
        **({"timeouts": {"request": f"{route.timeout_seconds}s"}} if gateway.policies == PORTABLE else {}),
        "backendRefs": [
            {"name": one.service, "port": 80, "weight": 1 if headers else one.weight}
            for _, one in sorted(backends.items())
        ],
    }


@dataclass(frozen=True)
class BackendPolicy:
    """One policy beside the route.

    Attributes:
        child: `health` or `limits`.
        variant: Of which backend.
        api_version: Its API version.
        kind: Its kind.
        service: Name of its Service, and of the policy.
        spec: Its spec.
    """

    child: str
    variant: str
    api_version: str
    kind: str
    service: Input[str]
    spec: dict[str, Any]


def backend_policies(route: RouteFields, backends: Mapping[str, Backend], policies: str) -> Iterator[BackendPolicy]:
    """List the policies of each backend; none for a class that reads only Gateway API.

    Args:
        route: The route, with its timeout.
        backends: The servers by variant.
        policies: The policy resources the gateway reads: `gke`, `aws` or `portable`.
    """
    for name, backend in sorted(backends.items()):
        target = {"group": "", "kind": "Service", "name": backend.service}
        if policies == "gke":
            gke = "networking.gke.io/v1"
            yield BackendPolicy("health", name, gke, "HealthCheckPolicy", backend.service, _gke_health(backend, target))
            yield BackendPolicy(
                "limits", name, gke, "GCPBackendPolicy", backend.service, _gke_limits(route, backend, target)
            )
        if policies == "aws":
            aws = "gateway.k8s.aws/v1beta1"
            yield BackendPolicy(
                "health", name, aws, "TargetGroupConfiguration", backend.service, _aws_target(backend, target)
            )


def _gke_health(backend: Backend, target: dict[str, Any]) -> dict[str, Any]:
    check = {"port": backend.port, "requestPath": backend.health_path}
    return {"default": {"config": {"type": "HTTP", "httpHealthCheck": check}}, "targetRef": target}


def _gke_limits(route: RouteFields, backend: Backend, target: dict[str, Any]) -> dict[str, Any]:
    draining = {"drainingTimeoutSec": backend.grace_seconds}
    return {"default": {"timeoutSec": route.timeout_seconds, "connectionDraining": draining}, "targetRef": target}


def _aws_target(backend: Backend, target: dict[str, Any]) -> dict[str, Any]:
    drain = {"key": "deregistration_delay.timeout_seconds", "value": str(backend.grace_seconds)}
    health = {"healthCheckProtocol": "HTTP", "healthCheckPath": backend.health_path}
    return {
        "targetReference": target,
        "defaultConfiguration": {"targetType": "ip", "healthCheckConfig": health, "targetGroupAttributes": [drain]},
    }
