"""The arguments of a model's Ingress, with their rules."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.arguments.paths import within
from gpuplane.component.base import ComponentArgs
from gpuplane.serving.traffic.ingress.fields import IngressFields
from gpuplane.serving.traffic.ingress.rules import class_problems, ingress_problems
from gpuplane.serving.traffic.route.args import RouteShape
from gpuplane.serving.traffic.route.fields import Backend
from gpuplane.serving.variants.args import split_problems
from gpuplane.serving.variants.canary import nginx_problems


class IngressShape(IngressFields):
    """Settings of an Ingress beside those of its route."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield problems of the certificate and the limits."""
        yield from ingress_problems(self)


class ModelIngressArgs(RouteShape, ComponentArgs):
    """Arguments of `ModelIngress`."""

    namespace: Input[str]
    """Namespace of the servers behind it."""

    ingress: IngressShape
    """Class, certificate and limits."""

    backends: dict[str, Backend]
    """The servers behind it by variant, with their parts of the traffic: at most two."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield problems of the backends with the Ingress and with each other."""
        yield from super().own_problems()
        yield from class_problems(self.ingress, self, len(self.backends))
        yield from within("backends", split_problems(self.backends))
        yield from within("backends", nginx_problems(self.backends))
