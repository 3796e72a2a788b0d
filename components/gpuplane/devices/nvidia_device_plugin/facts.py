"""The facts of a pool whose GPUs the plugin advertises by a config."""

from collections.abc import Mapping

from gpuplane.devices.advertisers import NVIDIA
from gpuplane.devices.nvidia_device_plugin.fields.config import DevicePluginConfig
from gpuplane.hardware import MigStrategy, Sharing, devices_per_gpu, resource_name
from gpuplane.nodepools.facts import PoolFacts

CONFIG_LABEL = "nvidia.com/device-plugin.config"

Configs = Mapping[str, DevicePluginConfig]


def config_of(pool: PoolFacts, default_config: str) -> str:
    """Return the name of the config of a pool's nodes: their label's, else the default."""
    return pool.labels.get(CONFIG_LABEL, default_config)


def shared_facts(pool: PoolFacts, configs: Configs, default_config: str) -> PoolFacts:
    """Return the pool's facts with the resource name, count, memory and selector under the plugin's config.

    A pool whose GPUs something else advertises is returned unchanged. The pool must have no problems.

    Example:
        >>> pool = PoolFacts(name="t4", platform="eks", machine_type="g4dn.xlarge", accelerator="t4", gpus_per_node=1,
        ...     min_nodes=0, max_nodes=1, advertiser="nvidia-device-plugin")
        >>> shared_facts(pool, {"default": DevicePluginConfig(time_slicing={"replicas": 4})}, "default").gpus_per_node
        4
    """
    if pool.advertiser != NVIDIA:
        return pool
    config = configs[config_of(pool, default_config)]
    sharing = sharing_of(pool, config)
    per_gpu = _devices_per_gpu(pool, sharing)
    memory = pool.accelerator_memory_mib
    is_labelled = CONFIG_LABEL in pool.labels
    return pool.model_copy(
        update={
            "gpus_per_node": pool.physical_gpus_per_node * per_gpu,
            "resource_name": resource_name(sharing),
            "max_gpus_per_container": 1 if config.shared or pool.mig_profile else None,
            "accelerator_memory_mib": memory // config.mps.replicas if memory and config.mps else memory,
            "selector": {**pool.selector, **({CONFIG_LABEL: pool.labels[CONFIG_LABEL]} if is_labelled else {})},
        }
    )


def _devices_per_gpu(pool: PoolFacts, sharing: Sharing) -> int:
    """Return the devices per GPU; an accelerator that is not in the catalogue is fine where GPUs are not cut."""
    if not sharing.mig_profile or sharing.mig_strategy is MigStrategy.NONE:
        return sharing.clients
    return devices_per_gpu(pool.catalogue.accelerator(pool.accelerator), sharing)


def sharing_of(pool: PoolFacts, config: DevicePluginConfig) -> Sharing:
    """Return how the config shares the GPUs of the pool."""
    shared = config.shared
    return Sharing(
        clients=shared.replicas if shared else 1,
        mig_profile=pool.mig_profile,
        mig_strategy=config.mig_strategy,
        renamed=bool(shared and shared.rename_by_default),
    )
