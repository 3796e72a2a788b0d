"""The config files of the plugin."""

from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from gpuplane.devices.nvidia_device_plugin.args import NamedConfigs
from gpuplane.devices.nvidia_device_plugin.facts import config_of
from gpuplane.devices.nvidia_device_plugin.fields.config import DevicePluginConfig
from gpuplane.hardware import GPU_RESOURCE, MigStrategy, mig_resource
from gpuplane.nodepools.facts import PoolFacts


def config_data(named: NamedConfigs, pools: Sequence[PoolFacts]) -> dict[str, str]:
    """Return the files by the names of their configs, each for the accelerators of the pools that choose it."""
    return {
        name: config_file(config, [pool for pool in pools if config_of(pool, named.default_config) == name])
        for name, config in named.named_configs.items()
    }


def config_file(config: DevicePluginConfig, pools: Iterable[PoolFacts]) -> str:
    """Return the text of the file.

    Source: https://github.com/NVIDIA/k8s-device-plugin/blob/main/api/config/v1/config.go

    Args:
        config: The config, free of problems.
        pools: The pools whose nodes get it: the MIG sizes of their GPUs are shared, each by its name.
    """
    return yaml.safe_dump(_document(config, _shareable(config, pools)), sort_keys=False)


def _document(config: DevicePluginConfig, shareable: Sequence[str]) -> dict[str, Any]:
    return {
        "version": "v1",
        "flags": {
            "migStrategy": config.mig_strategy.value,
            "failOnInitError": True,
            "gdrcopyEnabled": config.gdrcopy_enabled,
            "gdsEnabled": config.gds_enabled,
            "mofedEnabled": config.mofed_enabled,
            "plugin": {
                "passDeviceSpecs": config.pass_device_specs,
                "deviceListStrategy": [one.value for one in config.device_list_strategy],
                "deviceIDStrategy": config.device_id_strategy.value,
                "sharedDevicesAllocationPolicy": config.shared_devices_allocation_policy.value,
            },
        },
        **_sharing(config, shareable),
        **({"imex": {"channelIDs": [0], "required": True}} if config.imex_channel else {}),
    }


def _sharing(config: DevicePluginConfig, shareable: Sequence[str]) -> dict[str, Any]:
    shared = config.shared
    if not shared:
        return {}
    said = {
        "renameByDefault": shared.rename_by_default,
        "failRequestsGreaterThanOne": shared.fail_requests_greater_than_one,
        "resources": [{"name": name, "replicas": shared.replicas} for name in shareable],
    }
    return {"sharing": {"mps" if config.mps else "timeSlicing": said}}


def _shareable(config: DevicePluginConfig, pools: Iterable[PoolFacts]) -> list[str]:
    sizes = {
        mig_resource(profile)
        for pool in pools
        if config.mig_strategy is MigStrategy.MIXED
        for profile in pool.catalogue.accelerator(pool.accelerator).mig_profiles
    }
    return [GPU_RESOURCE, *sorted(sizes)]
