"""What a stack says of how requests reach its models: the shared gateway, and each model's route."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gpuplane.arguments.base import within
from gpuplane.arguments.errors import Problem, unknown
from gpuplane.component.base import ComponentArgs
from gpuplane.serving.traffic.gateway.args import GatewayShape
from gpuplane.serving.traffic.ingress.args import IngressShape
from gpuplane.serving.traffic.load_balancer.args import LoadBalancerShape
from gpuplane.serving.traffic.route.args import RouteShape
from gpuplane.serving.variants.args import Share
from gpuplane.serving.variants.canary import nginx_problems

DOORS = ("gateway", "ingress", "loadBalancer")


class GatewayConfig(GatewayShape):
    """The gateway that all routes share; its hosts and namespaces are those of the routes."""


class RouteConfig(RouteShape, ComponentArgs):
    """How the world reaches a model."""

    hosts: list[str] = []
    """Host names it answers to, such as `api.ml.example.com`; a load balancer needs none."""

    door: str = "gateway"
    """`gateway` (the stack's shared one), `ingress` for a cluster whose door is an Ingress controller, or
    `loadBalancer` for one of the model's own."""

    ingress: IngressShape | None = None
    """The Ingress, where that is the door."""

    load_balancer: LoadBalancerShape | None = None
    """The load balancer, where that is the door. By default an internal one."""

    def own_problems(self) -> Iterable[Problem]:
        """A door, and no settings of another one."""
        if self.door == "nodePort":
            yield Problem(
                "door",
                "must not be nodePort, got 'nodePort': a port of every node has neither TLS nor a name, "
                f"allowed: {', '.join(DOORS)}",
            )
        elif self.door not in DOORS:
            yield Problem("door", unknown("door", self.door, DOORS))
        for door, path, part in (
            ("ingress", "ingress", self.ingress),
            ("loadBalancer", "load_balancer", self.load_balancer),
        ):
            if part is not None and self.door != door:
                yield Problem(path, f"must be left out with the door {self.door!r}, fix: door: {door}")
        if self.door == "loadBalancer":
            if self.hosts:
                yield Problem("hosts", "must be left out with the door 'loadBalancer', which knows no names")
        elif self.door in DOORS:
            yield from super().own_problems()

    def door_problems(self, shares: Mapping[str, Share], platform: str | None) -> Iterator[Problem]:
        """What the door cannot do for the model's variants.

        Args:
            shares: Its variants.
            platform: `gke`, `eks`, or None for neither.
        """
        if self.door == "loadBalancer":
            balancer = self.load_balancer or LoadBalancerShape()
            yield from within("load_balancer", balancer.platform_problems(platform))
            if len(shares) > 1:
                yield Problem("door", "must not be loadBalancer with variants: it cannot tell requests apart")
        if self.door == "ingress":
            ingress = self.ingress or IngressShape()
            yield from within("ingress", ingress.problems())
            yield from ingress.route_problems(self, len(shares))


def variant_problems(shares: Mapping[str, Share], door: str) -> Iterator[Problem]:
    """What the door cannot do for the shares of variants, each at its own path."""
    if door == "ingress":
        yield from nginx_problems(shares)
    if door == "gateway":
        for name, share in sorted(shares.items()):
            if share.cookie is not None:
                yield Problem(
                    f"{name}.cookie", "must be left out on the gateway door, which has no match by cookie, fix: headers"
                )


def clashes(routes: Mapping[str, RouteConfig]) -> Iterator[tuple[str, Problem]]:
    """Each model whose host and path another has as well, with the problem of its route.

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
    """The models whose door is the gateway."""
    return sorted(model for model, route in routes.items() if route.door == "gateway")
