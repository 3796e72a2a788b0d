"""The arguments of NVIDIA's GPU operator."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.devices.advertisers import NVIDIA
from gpuplane.devices.critical_namespace import own_namespace_problems
from gpuplane.devices.nvidia_device_plugin.args import NamedConfigs
from gpuplane.nodepools.facts import PoolFacts

VERSION = "v26.7.0"
NO_OPERANDS_LABEL = "nvidia.com/gpu.deploy.operands"


class GpuOperatorShape(NamedConfigs):
    """The operator, whatever pools it is for."""

    namespace: str = "gpu-operator"
    """Namespace to make for it; privileged, since its parts mount the host's files."""

    version: str = VERSION
    """Version of its Helm chart."""

    driver: bool = False
    """Let the operator install the driver. By default the node pools bring it: EKS's AMIs do, on GKE
    `GkeDriverInstaller` does. The operator cannot install it on Container-Optimized OS."""

    def own_problems(self) -> Iterable[Problem]:
        """The rules that need no pool."""
        yield from super().own_problems()
        yield from own_namespace_problems(self.namespace)
        strategies = {config.mig_strategy.value for config in self.named_configs.values()}
        if len(strategies) > 1:
            yield Problem(
                "configs",
                f"must have one mig_strategy, which the operator sets for all, got {', '.join(sorted(strategies))}",
            )


class GpuOperatorArgs(GpuOperatorShape):
    """Arguments of `GpuOperator`."""

    pools: list[PoolFacts]
    """All GPU pools of the cluster, `pool.facts` each: the operator's device plugin runs on every GPU node."""

    def own_problems(self) -> Iterable[Problem]:
        """One advertiser a node: the operator's plugin, or the platform's own. And a config for each pool."""
        yield from super().own_problems()
        indices = {pool.name: index for index, pool in enumerate(self.pools)}
        for name, message in second_advertiser(self.pools):
            yield Problem(f"pools[{indices[name]}]", f"pool {name!r} {message}")
        for name, message in self.pool_problems([pool for pool in self.pools if pool.advertiser == NVIDIA]):
            yield Problem(f"pools[{indices[name]}]", f"pool {name!r} {message}")


def second_advertiser(pools: Iterable[PoolFacts]) -> Iterable[tuple[str, str]]:
    """The pools that have an advertiser and would get the operator's as well: a pool's name, and a message.

    Source: https://docs.nvidia.com/datacenter/cloud-native/gpu-operator/latest/getting-started.html#preventing-installation-of-operands-on-some-nodes
    """
    for pool in pools:
        if pool.advertiser != NVIDIA and pool.labels.get(NO_OPERANDS_LABEL) != "false":
            message = (
                f"has its GPUs advertised by {pool.advertiser!r} already, allowed: one advertiser a node, "
                f"fix: labels: {{{NO_OPERANDS_LABEL}: 'false'}} on the pool keeps the operator off its nodes"
            )
            yield pool.name, message
