"""What a platform's load balancer has to be told of each server beside the route: health, time and farewell.

GKE's asks `/` for health and ends a request after 30 seconds unless told; AWS' asks `/` and reaches pods through ports
of their nodes unless told. Sources:
https://cloud.google.com/kubernetes-engine/docs/how-to/configure-gateway-resources and
https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/gateway/customization/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.serving.traffic.route.args import Backend, RouteShape


@dataclass(frozen=True)
class BackendPolicy:
    """One object beside the route.

    Attributes:
        child: `health` or `limits`.
        variant: Of which backend.
        api_version: Its API version.
        kind: Its kind.
        service: Name of the Service it is for, and its own.
        spec: Its spec.
    """

    child: str
    variant: str
    api_version: str
    kind: str
    service: Input[str]
    spec: dict[str, Any]


def backend_policies(route: RouteShape, backends: Mapping[str, Backend], policies: str) -> Iterator[BackendPolicy]:
    """The objects for each backend; none for a class that reads Gateway API alone.

    Args:
        route: How long a request may take.
        backends: The servers by variant.
        policies: Whose objects the gateway reads: `gke`, `aws` or `portable`.
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


def _gke_limits(route: RouteShape, backend: Backend, target: dict[str, Any]) -> dict[str, Any]:
    draining = {"drainingTimeoutSec": backend.grace_seconds}
    return {"default": {"timeoutSec": route.timeout_seconds, "connectionDraining": draining}, "targetRef": target}


def _aws_target(backend: Backend, target: dict[str, Any]) -> dict[str, Any]:
    drain = {"key": "deregistration_delay.timeout_seconds", "value": str(backend.grace_seconds)}
    health = {"healthCheckProtocol": "HTTP", "healthCheckPath": backend.health_path}
    return {
        "targetReference": target,
        "defaultConfiguration": {"targetType": "ip", "healthCheckConfig": health, "targetGroupAttributes": [drain]},
    }
