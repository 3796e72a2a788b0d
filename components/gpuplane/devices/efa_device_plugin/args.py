"""The arguments of AWS's EFA device plugin."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.component.base import ComponentArgs
from gpuplane.devices.efa_device_plugin.rules import has_efa
from gpuplane.devices.node_critical.rules import own_namespace_problems
from gpuplane.nodepools.facts import PoolFacts

# Source: https://github.com/aws/eks-charts/blob/master/stable/aws-efa-k8s-device-plugin/values.yaml
IMAGE = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin:v0.5.20"


class EfaDevicePluginShape(ComponentArgs):
    """AWS's EFA device plugin."""

    namespace: str = "efa-device-plugin"
    """Namespace to create for it; privileged, since the plugin reads the node's devices."""

    image: str = IMAGE
    """The plugin's image. By default its release v0.5.20 by tag, from AWS's registry in us-west-2, which nodes of other
    regions pull from over the internet. Each region has a registry of its own, such as
    `602401143452.dkr.ecr.eu-central-1.amazonaws.com`. Source:
    https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html"""

    def own_problems(self) -> Iterable[Problem]:
        """Check the arguments that do not depend on pools."""
        yield from own_namespace_problems(self.namespace)


class EfaDevicePluginArgs(EfaDevicePluginShape):
    """Arguments of `EfaDevicePlugin`."""

    pools: list[PoolFacts]
    """The pools of the cluster, `pool.facts` each: it runs on the nodes of those with EFA."""

    def own_problems(self) -> Iterable[Problem]:
        """Check that a pool has EFA."""
        yield from super().own_problems()
        if not any(map(has_efa, self.pools)):
            got = ", ".join(pool.name for pool in self.pools) or "none"
            yield Problem("pools", f"must have a pool with EFA, got {got}, fix: efa: {{}} on an EKS pool")
