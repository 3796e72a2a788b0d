"""The arguments of an inference gateway, with their rules."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.platforms import Platform
from gpuplane.serving.traffic.gateway.fields import GatewayFields
from gpuplane.serving.traffic.gateway.rules import certificate_problems, platform_problems


class GatewayShape(GatewayFields):
    """Settings of a gateway that models share, in any cluster."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield problems of the certificate."""
        yield from certificate_problems(self)


class InferenceGatewayArgs(GatewayShape):
    """Arguments of `InferenceGateway`."""

    platform: Platform = Platform.KUBECONFIG
    """`gke` or `eks`. By default neither, and `class_name` is required."""

    hosts: list[str]
    """Host names of its certificate: those of all its routes."""

    namespaces: list[Input[str]]
    """Namespaces whose routes it accepts."""

    idle_seconds: int = 120
    """On EKS, the load balancer's idle timeout: at least the longest timeout of a route."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield problems with the platform, and of the hosts."""
        yield from super().own_problems()
        yield from platform_problems(self, self.platform)
        if not self.hosts:
            yield Problem("hosts", "must have a host, got none")
