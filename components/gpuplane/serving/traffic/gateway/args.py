"""The arguments of an inference gateway."""

from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.component.base import ComponentArgs
from gpuplane.platforms import Platform, default_gateway_class, gateway_class

_TLS = ("issuer", "certificate_secret", "certificate_map", "certificate_arn")
_EXAMPLES = {"issuer": "letsencrypt-prod", "certificate_arn": "arn:aws:acm:..."}
_TAKEN_BY = {
    "gke": ("issuer", "certificate_secret", "certificate_map"),
    "aws": ("certificate_arn",),
    "portable": ("issuer", "certificate_secret"),
}


class GatewayShape(ComponentArgs):
    """Settings of a Gateway that models share."""

    namespace: str = "inference-gateway"
    """Namespace to make for the gateway and its certificate, away from the tenants."""

    class_name: str | None = None
    """Its GatewayClass, which the cluster must have. By default the platform's own: on GKE a global external
    Application Load Balancer, or an internal one; on EKS `aws-alb` of the AWS Load Balancer Controller. A load
    balancer costs by the hour and by what goes through it."""

    internal: bool = False
    """Whether only the cluster's own network reaches it. By default the world does, by TLS."""

    issuer: str | None = None
    """The cert-manager ClusterIssuer of its certificate, such as `letsencrypt-prod`."""

    certificate_secret: str | None = None
    """Instead, the TLS Secret in `namespace` that something else keeps."""

    certificate_map: str | None = None
    """Instead, on GKE, the name of a Certificate Manager map."""

    certificate_arn: str | None = None
    """Instead, on EKS, the ARN of an ACM certificate: an Application Load Balancer takes no Secret."""

    @property
    def tls(self) -> str | None:
        """The argument that says where the certificate comes from, None without one."""
        return next((name for name in _TLS if getattr(self, name) is not None), None)

    def own_problems(self) -> Iterable[Problem]:
        """At most one certificate."""
        given = [name for name in _TLS if getattr(self, name) is not None]
        if len(given) > 1:
            yield Problem("", f"must have one certificate, got {', '.join(given)}")

    def platform_problems(self, platform: Platform) -> Iterable[Problem]:
        """What the platform's own controllers take, and TLS towards the world.

        Args:
            platform: The platform of the cluster.
        """
        name = class_of(self, platform)
        if name is None:
            yield Problem("class_name", "required where no platform has a gateway of its own, such as class_name: eg")
            return
        known = gateway_class(name)
        allowed = _TAKEN_BY[known.policies]
        if known.reach == "world" and self.internal:
            yield Problem("internal", f"must be false with class {name!r}, which opens to the world, got true")
        if known.reach == "private" and not self.internal:
            yield Problem("internal", f"must be true with class {name!r}, which the world cannot reach, got false")
        if self.tls is not None and self.tls not in allowed:
            yield Problem(self.tls, f"must be what class {name!r} takes, allowed: {', '.join(allowed)}")
        if self.tls is None and not self.internal:
            yield Problem(
                "",
                f"must have TLS, got no certificate: a server open to the world without it is refused, "
                f"allowed: {', '.join(allowed)}, fix: {allowed[0]}: {_EXAMPLES[allowed[0]]}, or internal: true",
            )


class InferenceGatewayArgs(GatewayShape):
    """Arguments of `InferenceGateway`."""

    platform: Platform = Platform.KUBECONFIG
    """`gke` or `eks`. By default neither, and `class_name` is required."""

    hosts: list[str]
    """Host names of its certificate: those of every route through it."""

    namespaces: list[Input[str]]
    """Namespaces whose routes it lets in."""

    idle_seconds: int = 120
    """On EKS, the longest a request may be silent: as long as the slowest route may take."""

    def own_problems(self) -> Iterable[Problem]:
        """The rules over several arguments."""
        yield from super().own_problems()
        yield from self.platform_problems(self.platform)
        if not self.hosts:
            yield Problem("hosts", "must have a host, got none")


def class_of(shape: GatewayShape, platform: Platform) -> str | None:
    """The class a gateway gets, None where nobody says it."""
    return shape.class_name or default_gateway_class(platform, shape.internal)


class GatewayFacts(Args):
    """What a route needs to know of the gateway it goes through."""

    name: str
    """Name of the Gateway."""

    namespace: Input[str]
    """Its namespace."""

    listener: str
    """The listener that takes routes: `https`, or `http` for an internal one without TLS."""

    policies: str
    """Whose objects beside the route it reads: `gke`, `aws` or `portable`."""
