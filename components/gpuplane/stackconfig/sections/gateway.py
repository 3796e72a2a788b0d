"""The `gateway` section, and `route` of a model."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gpuplane.arguments.errors import Problem, unknown
from gpuplane.arguments.paths import within
from gpuplane.component.base import ComponentArgs
from gpuplane.platforms import Platform
from gpuplane.serving.traffic.gateway.args import GatewayShape
from gpuplane.serving.traffic.ingress.args import IngressShape
from gpuplane.serving.traffic.ingress.rules import class_problems
from gpuplane.serving.traffic.load_balancer.fields import LoadBalancerFields
from gpuplane.serving.traffic.load_balancer.rules import platform_problems
from gpuplane.serving.traffic.route.args import RouteShape
from gpuplane.serving.variants.args import TrafficSplit
from gpuplane.serving.variants.canary import nginx_problems

EXPOSURES = ("gateway", "ingress", "loadBalancer")


class GatewayConfig(GatewayShape):
    """The gateway that all routes share, for the hosts and namespaces of the routes."""


class RouteConfig(RouteShape, ComponentArgs):
    """How clients outside the cluster reach a model."""

    hosts: list[str] = []
    """Host names of the model, such as `api.ml.example.com`. None with `exposure: loadBalancer`."""

    exposure: str = "gateway"
    """`gateway` (the stack's shared Gateway), `ingress` (an Ingress, in a cluster with an Ingress controller) or
    `loadBalancer` (a load balancer of the model's own)."""

    ingress: IngressShape | None = None
    """Settings of `exposure: ingress`."""

    load_balancer: LoadBalancerFields | None = None
    """Settings of `exposure: loadBalancer`. Default: an internal load balancer."""

    def own_problems(self) -> Iterable[Problem]:
        """Check that the exposure is a known one, without settings of another one."""
        if self.exposure == "nodePort":
            yield Problem(
                "exposure",
                "must not be nodePort, got 'nodePort': a port of every node has neither TLS nor a name, "
                f"allowed: {', '.join(EXPOSURES)}",
            )
        elif self.exposure not in EXPOSURES:
            yield Problem("exposure", unknown("exposure", self.exposure, EXPOSURES))
        for exposure, path, part in (
            ("ingress", "ingress", self.ingress),
            ("loadBalancer", "load_balancer", self.load_balancer),
        ):
            if part is not None and self.exposure != exposure:
                yield Problem(path, f"must be left out with exposure {self.exposure!r}, fix: exposure: {exposure}")
        if self.exposure == "loadBalancer":
            if self.hosts:
                yield Problem("hosts", "must be left out with exposure 'loadBalancer', which has no host names")
        elif self.exposure in EXPOSURES:
            yield from super().own_problems()

    def exposure_problems(self, splits: Mapping[str, TrafficSplit], platform: Platform) -> Iterator[Problem]:
        """Return what the exposure cannot do for the model's variants.

        Args:
            splits: Its variants.
            platform: The platform of the cluster.
        """
        if self.exposure == "loadBalancer":
            balancer = self.load_balancer or LoadBalancerFields()
            yield from within("load_balancer", platform_problems(balancer, platform))
            if len(splits) > 1:
                yield Problem("exposure", "must not be loadBalancer with variants: it cannot tell requests apart")
        if self.exposure == "ingress":
            ingress = self.ingress or IngressShape()
            if self.ingress is None:
                yield from within("ingress", ingress.problems())
            yield from class_problems(ingress, self, len(splits))


def variant_problems(splits: Mapping[str, TrafficSplit], exposure: str) -> Iterator[Problem]:
    """Return what the exposure cannot do for the variants, each at its own path."""
    if exposure == "ingress":
        yield from nginx_problems(splits)
    if exposure == "gateway":
        for name, split in sorted(splits.items()):
            if split.cookie is not None:
                yield Problem(
                    f"{name}.cookie", "must be left out with exposure gateway, which cannot match cookies, fix: headers"
                )


def clashes(routes: Mapping[str, RouteConfig]) -> Iterator[tuple[str, Problem]]:
    """Yield each model whose host and path another model has as well, with the problem of its route.

    Args:
        routes: Routes by model.
    """
    owners: dict[tuple[str, str], str] = {}
    for model, route in sorted(routes.items()):
        for index, host in enumerate(route.hosts):
            place = (host, route.path.rstrip("/") or "/")
            owner = owners.setdefault(place, model)
            if owner != model:
                said = f"must have a path of its own on {host}, got {route.path!r}, which is the model {owner}'s"
                yield model, Problem(f"hosts[{index}]", said)


def through_gateway(routes: Mapping[str, RouteConfig]) -> Sequence[str]:
    """Return the models exposed by the gateway."""
    return sorted(model for model, route in routes.items() if route.exposure == "gateway")
