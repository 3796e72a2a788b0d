"""EFA: the pools that have it, and the plugin that advertises it."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.devices.advertisers import NVIDIA
from gpuplane.devices.efa_device_plugin.rules import has_efa
from gpuplane.devices.nvidia_device_plugin.facts import config_of
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.stackconfig.sections.devices import DevicesConfig
from gpuplane.stackconfig.sections.pools import Pools


def efa_problems(devices: DevicesConfig, pools: Pools) -> Iterable[Problem]:
    """Check that EFA interfaces are advertised, by AWS' plugin only, and that it has a pool to run on.

    Args:
        devices: The stack's devices, without problems of their own.
        pools: Its pools, without problems of their own.
    """
    facts = [pool.facts for pool in pools]
    having = [pool for pool in facts if pool.efa_interfaces]
    if having and not devices.efa_device_plugin:
        yield Problem(
            "devices.efa_device_plugin",
            "required by pools with EFA, whose interfaces nothing else advertises, "
            f"got {', '.join(pool.name for pool in having)}, fix: efaDevicePlugin: {{}}",
        )
    if devices.efa_device_plugin and not any(map(has_efa, facts)):
        yield Problem(
            "devices.efa_device_plugin",
            "must have a pool with EFA, got none, fix: efa: {} on an EKS pool, or set it to null",
        )
    yield from _taken_past_it(devices, having)


def _taken_past_it(devices: DevicesConfig, having: Iterable[PoolFacts]) -> Iterable[Problem]:
    """Find configs by which NVIDIA's plugin would give each pod with a GPU all EFA interfaces of its node.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/device-management-efa.html
    """
    if not devices.nvidias:
        return
    kind = "nvidia_device_plugin" if devices.nvidia_device_plugin else "gpu_operator"
    shown = [pool for pool in having if pool.advertiser == NVIDIA]
    chosen = {config_of(pool, devices.nvidias.default_config): pool for pool in shown}
    for name, pool in sorted(chosen.items()):
        config = devices.nvidias.named_configs.get(name)
        if config and config.mofed_enabled:
            yield Problem(
                f"devices.{kind}.configs.{name}.mofed_enabled",
                "must be false for pools with EFA, since it gives each pod with a GPU all EFA interfaces, "
                f"got true for {pool.name}, fix: false",
            )
