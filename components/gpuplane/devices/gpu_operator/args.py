"""The arguments of NVIDIA's GPU operator."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.devices.advertisers import NVIDIA
from gpuplane.devices.gpu_operator.rules import second_advertiser, strategy_problems
from gpuplane.devices.node_critical.rules import own_namespace_problems
from gpuplane.devices.nvidia_device_plugin.args import NamedConfigs
from gpuplane.nodepools.facts import PoolFacts

VERSION = "v26.7.0"


class GpuOperatorShape(NamedConfigs):
    """NVIDIA's GPU operator."""

    namespace: str = "gpu-operator"
    """Namespace to create for it; privileged, since its pods mount the host's files."""

    version: str = VERSION
    """Version of its Helm chart."""

    driver: bool = False
    """Whether the operator installs the driver. By default the nodes have it: EKS's AMIs do, on GKE
    `GkeDriverInstaller` does. The operator cannot install it on Container-Optimized OS."""

    def own_problems(self) -> Iterable[Problem]:
        """Check the arguments that do not depend on pools."""
        yield from super().own_problems()
        yield from own_namespace_problems(self.namespace)
        yield from strategy_problems(self.named_configs.values())


class GpuOperatorArgs(GpuOperatorShape):
    """Arguments of `GpuOperator`."""

    pools: list[PoolFacts]
    """All GPU pools of the cluster, `pool.facts` each: the operator's device plugin runs on every GPU node."""

    def own_problems(self) -> Iterable[Problem]:
        """Check that each node has one advertiser, the operator's or the platform's, and each pool a config."""
        yield from super().own_problems()
        indices = {pool.name: index for index, pool in enumerate(self.pools)}
        for name, message in second_advertiser(self.pools):
            yield Problem(f"pools[{indices[name]}]", f"pool {name!r} {message}")
        for name, message in self.pool_problems([pool for pool in self.pools if pool.advertiser == NVIDIA]):
            yield Problem(f"pools[{indices[name]}]", f"pool {name!r} {message}")
