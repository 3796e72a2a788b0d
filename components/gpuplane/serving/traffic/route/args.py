"""The arguments of a model's route, with their rules."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.arguments.paths import within
from gpuplane.component.base import ComponentArgs
from gpuplane.serving.traffic.gateway.facts import GatewayFacts
from gpuplane.serving.traffic.route.fields import Backend, RouteFields
from gpuplane.serving.traffic.route.rules import cookie_problems, route_problems
from gpuplane.serving.variants.args import split_problems


class RouteShape(RouteFields):
    """Host names, path and timeout of a model, however it is exposed."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield problems of the host names and paths."""
        yield from route_problems(self)


class ModelRouteArgs(RouteShape, ComponentArgs):
    """Arguments of `ModelRoute`."""

    namespace: Input[str]
    """Namespace of the servers behind it."""

    gateway: GatewayFacts
    """The gateway it attaches to, `gateway.facts`."""

    backends: dict[str, Backend]
    """The servers behind it by variant, with their parts of the traffic."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield problems of the backends with each other."""
        yield from super().own_problems()
        yield from within("backends", split_problems(self.backends))
        yield from cookie_problems(self.backends)
