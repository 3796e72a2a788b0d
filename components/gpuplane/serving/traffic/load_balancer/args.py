"""The arguments of a model's own load balancer, with their rules."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.component.base import ComponentArgs
from gpuplane.platforms import Platform
from gpuplane.serving.traffic.load_balancer.fields import LoadBalancerFields
from gpuplane.serving.traffic.load_balancer.rules import platform_problems


class ModelLoadBalancerArgs(LoadBalancerFields, ComponentArgs):
    """Arguments of `ModelLoadBalancer`."""

    platform: Platform = Platform.KUBECONFIG
    """`gke` or `eks`. By default neither: no annotation then makes the load balancer internal."""

    namespace: Input[str]
    """Namespace of the server behind it."""

    selector: dict[str, Input[str]]
    """Labels of the server's pods, `server.labels`."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield problems with the platform."""
        yield from platform_problems(self, self.platform)
