"""The rules over the configs of NVIDIA's device plugin and the pools."""

from collections.abc import Iterable, Sequence

from gpuplane.arguments.errors import unknown
from gpuplane.devices.nvidia_device_plugin.facts import CONFIG_LABEL, Configs, config_of, sharing_of
from gpuplane.devices.nvidia_device_plugin.fields.config import DevicePluginConfig
from gpuplane.hardware import MigStrategy, resource_name
from gpuplane.nodepools.facts import PoolFacts


def pool_problems(pools: Sequence[PoolFacts], configs: Configs, default_config: str) -> Iterable[tuple[str, str]]:
    """Yield what the pools and the configs disagree on: the pool's name, and a message."""
    names = {pool.name: config_of(pool, default_config) for pool in pools}
    for pool in pools:
        if names[pool.name] not in configs:
            yield pool.name, f"label {CONFIG_LABEL}: {unknown('config', names[pool.name], list(configs))}"
            continue
        for message in _config_problems(pool, configs[names[pool.name]], names[pool.name]):
            yield pool.name, message
        yield from ((pool.name, _ambiguous(pool, other)) for other in _alike(pool, pools, configs, default_config))


def _config_problems(pool: PoolFacts, config: DevicePluginConfig, name: str) -> Iterable[str]:
    if pool.mig_profile and config.mig_strategy is MigStrategy.NONE:
        yield (
            f"must show partitions of {pool.mig_profile}, got config {name!r} with mig_strategy 'none', "
            "allowed: single, mixed"
        )
    if pool.mig_profile and pool.mig_profile not in pool.catalogue.accelerator(pool.accelerator).mig_profiles:
        allowed = ", ".join(pool.catalogue.accelerator(pool.accelerator).mig_profiles) or "none"
        yield f"unknown MIG profile of {pool.accelerator}, got {pool.mig_profile!r}, allowed: {allowed}"
    known = next((one for one in pool.catalogue.accelerators() if one.name == pool.accelerator), None)
    if config.mps and known and config.mps.replicas > known.max_mps_clients:
        yield (
            f"must share each GPU between at most {known.max_mps_clients} by MPS, which is what the daemon takes of "
            f"{pool.accelerator}, got config {name!r} with {config.mps.replicas} replicas"
        )
    if not pool.mig_profile and pool.gpus_per_node != pool.physical_gpus_per_node:
        yield (
            f"must share its GPUs by a config of the plugin, got {pool.gpus_per_node} shares of "
            f"{pool.physical_gpus_per_node} GPUs by the pool itself, fix: time_slicing or mps in a config instead"
        )


def _alike(pool: PoolFacts, pools: Sequence[PoolFacts], configs: Configs, default_config: str) -> Iterable[PoolFacts]:
    """Yield the pools that a pod for this one could land on by mistake, since no label of this one tells them apart."""
    mine = config_of(pool, default_config)
    if CONFIG_LABEL in pool.labels:
        return
    for other in pools:
        theirs = config_of(other, default_config)
        if theirs == mine or theirs not in configs or other.node_selector != pool.node_selector:
            continue
        if _resource(pool, configs[mine]) == _resource(other, configs[theirs]):
            yield other


def _ambiguous(pool: PoolFacts, other: PoolFacts) -> str:
    return (
        f"must carry the label {CONFIG_LABEL}, since pool {other.name!r} shows the same accelerator as the same "
        f"resource by config {other.labels[CONFIG_LABEL]!r}, fix: label it, or rename_by_default in that config"
    )


def _resource(pool: PoolFacts, config: DevicePluginConfig) -> str:
    return resource_name(sharing_of(pool, config))
