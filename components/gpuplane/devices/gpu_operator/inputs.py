"""The Helm release of the operator, with values for the pools."""

from collections.abc import Sequence
from typing import Any

from gpuplane.devices.advertisers import NVIDIA
from gpuplane.devices.gpu_operator.args import GpuOperatorArgs
from gpuplane.devices.nvidia_device_plugin.inputs.config_file import config_data
from gpuplane.nodepools.facts import MIG_CONFIG_LABEL, TOLERATE_ALL, PoolFacts
from gpuplane.platforms import Platform, facts

CHART = "gpu-operator"
REPOSITORY = "https://helm.ngc.nvidia.com/nvidia"
TIMEOUT_SECONDS = 900

_TOLERATIONS = [TOLERATE_ALL]


def release_inputs(args: GpuOperatorArgs) -> dict[str, Any]:
    """Return the inputs of the release."""
    return {
        "chart": CHART,
        "version": args.version,
        "namespace": args.namespace,
        "repositoryOpts": {"repo": REPOSITORY},
        "timeout": TIMEOUT_SECONDS,
        "values": values(args),
    }


def values(args: GpuOperatorArgs) -> dict[str, Any]:
    """Return the chart's values: what the nodes have already is off, and everything tolerates their taints.

    Sources: https://github.com/NVIDIA/gpu-operator/blob/main/deployments/gpu-operator/values.yaml and
    https://docs.nvidia.com/datacenter/cloud-native/gpu-operator/latest/google-gke.html
    """
    own = [pool for pool in args.pools if pool.advertiser == NVIDIA]
    (strategy,) = {config.mig_strategy for config in args.named_configs.values()}
    return {
        "driver": {"enabled": args.driver},
        **_toolkit(own, args.driver),
        "cdi": {"enabled": True},
        "mig": {"strategy": strategy.value},
        "migManager": _mig_manager(own),
        "daemonsets": {"tolerations": _TOLERATIONS},
        "node-feature-discovery": {"worker": {"tolerations": _TOLERATIONS}},
        "devicePlugin": {
            "config": {
                "create": True,
                "name": "device-plugin-configs",
                "default": args.default_config,
                "data": config_data(args, own),
            }
        },
    }


def _mig_manager(pools: Sequence[PoolFacts]) -> dict[str, Any]:
    """Return the MIG manager: on if a pool selects nodes by its label, else pools are partitioned by their platform.

    A100s of a virtual machine are partitioned only by a restart. Source:
    https://docs.nvidia.com/datacenter/cloud-native/gpu-operator/latest/gpu-operator-mig.html
    """
    if not any(MIG_CONFIG_LABEL in pool.selector for pool in pools):
        return {"enabled": False}
    return {"enabled": True, "env": [{"name": "WITH_REBOOT", "value": "true"}]}


def _toolkit(pools: Sequence[PoolFacts], driver: bool) -> dict[str, Any]:
    """Return the container toolkit: EKS's AMIs have it; GKE has one folder that is writable and executable."""
    if not _is_gke(pools):
        return {"toolkit": {"enabled": False}}
    paths = {} if driver else {"hostPaths": {"driverInstallDir": facts(Platform.GKE).gpu_driver_folder}}
    return {"toolkit": {"enabled": True, "installDir": facts(Platform.GKE).gpu_driver_folder}, **paths}


def _is_gke(pools: Sequence[PoolFacts]) -> bool:
    return any(pool.platform is Platform.GKE for pool in pools)
