"""The rules of the GPU operator."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.devices.advertisers import NVIDIA
from gpuplane.devices.nvidia_device_plugin.fields.config import DevicePluginConfig
from gpuplane.nodepools.facts import PoolFacts

NO_OPERANDS_LABEL = "nvidia.com/gpu.deploy.operands"


def strategy_problems(configs: Iterable[DevicePluginConfig]) -> Iterable[Problem]:
    """Check that all configs have the same MIG strategy, which the operator sets for the whole cluster."""
    strategies = {config.mig_strategy.value for config in configs}
    if len(strategies) > 1:
        yield Problem(
            "configs",
            f"must have one mig_strategy, which the operator sets for all, got {', '.join(sorted(strategies))}",
        )


def second_advertiser(pools: Iterable[PoolFacts]) -> Iterable[tuple[str, str]]:
    """Yield the pools that would get a second advertiser, the operator's: a pool's name, and a message.

    Source: https://docs.nvidia.com/datacenter/cloud-native/gpu-operator/latest/getting-started.html#preventing-installation-of-operands-on-some-nodes
    """
    for pool in pools:
        if pool.advertiser != NVIDIA and pool.labels.get(NO_OPERANDS_LABEL) != "false":
            message = (
                f"has its GPUs advertised by {pool.advertiser!r} already, allowed: one advertiser a node, "
                f"fix: labels: {{{NO_OPERANDS_LABEL}: 'false'}} on the pool keeps the operator off its nodes"
            )
            yield pool.name, message
