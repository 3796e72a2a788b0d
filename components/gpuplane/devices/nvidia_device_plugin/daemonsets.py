"""The DaemonSets of the plugin: itself, the control daemon of MPS, and GPU feature discovery."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gpuplane.args import Input
from gpuplane.devices.critical_daemonset import critical_daemonset
from gpuplane.devices.nvidia_device_plugin.args import DevicePluginShape
from gpuplane.devices.nvidia_device_plugin.config_volume import CONFIG_FILE, ConfigVolume, config_volume
from gpuplane.devices.nvidia_device_plugin.sharing import CONFIG_LABEL
from gpuplane.hardware import MigStrategy
from gpuplane.nodepools.facts import EVERY_TAINT

DEVICE_PLUGINS = "/var/lib/kubelet/device-plugins"
MPS_ROOT = "/run/nvidia/mps"

_NO_AFFINITY: Mapping[str, Any] = {}
_GPU_ENV = {"NVIDIA_VISIBLE_DEVICES": "all", "NVIDIA_DRIVER_CAPABILITIES": "compute,utility"}
_SMALL = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}


@dataclass(frozen=True)
class Sources:
    """The names of what the pods read, known when they exist.

    Attributes:
        config_map: The ConfigMap of the configs.
        service_account: Who may read the node; None where there is one config only.
    """

    config_map: Input[str]
    service_account: Input[str] | None


def uses_mps(shape: DevicePluginShape) -> bool:
    """Whether any config shares GPUs by MPS, which needs its control daemon."""
    return any(config.mps for config in shape.named_configs.values())


def plugin_inputs(shape: DevicePluginShape, sources: Sources) -> dict[str, Any]:
    """The plugin: on GPU nodes only, and on all of them."""
    configs = shape.named_configs.values()
    config = config_volume(shape, sources.config_map, sources.service_account, "nvidia-device-plugin")
    paths: dict[str, tuple[str, dict[str, Any]]] = {
        "device-plugins": (DEVICE_PLUGINS, {"path": DEVICE_PLUGINS, "type": "Directory"}),
        **(_mps_paths() if uses_mps(shape) else {}),
    }
    if any(one.uses_cdi for one in configs):
        paths["cdi"] = ("/var/run/cdi", {"path": "/var/run/cdi", "type": "DirectoryOrCreate"})
        paths["driver-root"] = ("/driver-root", {"path": "/", "type": "Directory"})
    return _daemonset(
        "nvidia-device-plugin",
        shape,
        config,
        {
            "env": {**_GPU_ENV, **_mig_env(shape), **({"MPS_ROOT": MPS_ROOT} if uses_mps(shape) else {})},
            "securityContext": _security(
                is_privileged=any(one.pass_device_specs for one in configs),
                is_admin=any(one.needs_sys_admin for one in configs),
            ),
        },
        paths,
    )


def mps_inputs(shape: DevicePluginShape, sources: Sources) -> dict[str, Any]:
    """The control daemon of MPS, on the nodes whose config shares GPUs by it.

    Source: https://github.com/NVIDIA/k8s-device-plugin/blob/main/README.md#with-cuda-mps
    """
    config = config_volume(shape, sources.config_map, sources.service_account, "/usr/bin/mps-control-daemon")
    # The daemon finds the processes of its clients in the host's PID namespace, which excludes a shared one.
    access = {key: value for key, value in config.access.items() if key != "shareProcessNamespace"}
    mount = {
        "name": "mount-shm",
        "image": shape.image,
        "command": ["mps-control-daemon", "mount-shm"],
        "securityContext": {"privileged": True},
        "resources": _SMALL,
        "volumeMounts": [{"name": "mps-root", "mountPath": "/mps", "mountPropagation": "Bidirectional"}],
    }
    made = _daemonset(
        "mps-control-daemon",
        shape,
        ConfigVolume(config.volumes, config.mounts, [mount, *config.before], config.beside, access),
        {"env": _GPU_ENV, "securityContext": _security(is_privileged=True, is_admin=False)},
        _mps_paths(),
        _on_mps_nodes(shape),
    )
    made["spec"]["template"]["spec"]["hostPID"] = True
    return made


def feature_discovery_inputs(shape: DevicePluginShape, sources: Sources) -> dict[str, Any]:
    """GPU feature discovery, which writes what Node Feature Discovery labels the node with."""
    features = "/etc/kubernetes/node-feature-discovery/features.d"
    return _daemonset(
        "gpu-feature-discovery",
        shape,
        config_volume(shape, sources.config_map, sources.service_account, "gpu-feature-discovery"),
        {
            "env": {**_GPU_ENV, **_mig_env(shape)},
            # Virtual GPUs are only seen with the host's PCI configuration.
            "securityContext": _security(is_privileged=True, is_admin=False),
        },
        {
            "features": (features, {"path": features, "type": "DirectoryOrCreate"}),
            "sys": ("/sys", {"path": "/sys", "type": "Directory"}),
        },
    )


def _daemonset(
    program: str,
    shape: DevicePluginShape,
    config: ConfigVolume,
    main: Mapping[str, Any],
    paths: Mapping[str, tuple[str, dict[str, Any]]],
    affinity: Mapping[str, Any] = _NO_AFFINITY,
) -> dict[str, Any]:
    """A DaemonSet of the plugin's image; `paths` are host paths by volume name, with where they are mounted."""
    env = {**main["env"], "CONFIG_FILE": CONFIG_FILE}
    pod = {
        "runtimeClassName": shape.runtime_class,
        **config.access,
        "nodeSelector": {"nvidia.com/gpu.present": "true"},
        **affinity,
        "tolerations": [EVERY_TAINT],
        **({"initContainers": config.before} if config.before else {}),
        "containers": [
            {
                "name": program,
                "image": shape.image,
                "command": [program],
                "env": [
                    {"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
                    *({"name": key, "value": value} for key, value in env.items()),
                ],
                "resources": _SMALL,
                "securityContext": main["securityContext"],
                "volumeMounts": [
                    *({"name": name, "mountPath": inside} for name, (inside, _) in paths.items()),
                    *config.mounts,
                ],
            },
            *config.beside,
        ],
        "volumes": [
            *({"name": name, "hostPath": host} for name, (_, host) in paths.items()),
            *config.volumes,
        ],
    }
    return critical_daemonset(program, shape.namespace, pod, {"app.kubernetes.io/part-of": "nvidia-device-plugin"})


def _on_mps_nodes(shape: DevicePluginShape) -> dict[str, Any]:
    """The affinity to those nodes; a node without the label has the default config."""
    mps = sorted(name for name, config in shape.named_configs.items() if config.mps)
    others = sorted(set(shape.named_configs) - set(mps))
    if not others:
        return {}
    is_default = shape.default_config in mps
    operator, values = ("NotIn", others) if is_default else ("In", mps)
    terms = [{"matchExpressions": [{"key": CONFIG_LABEL, "operator": operator, "values": values}]}]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    return {"affinity": {"nodeAffinity": required}}


def _mps_paths() -> dict[str, tuple[str, dict[str, Any]]]:
    return {
        "mps-root": ("/mps", {"path": MPS_ROOT, "type": "DirectoryOrCreate"}),
        "mps-shm": ("/dev/shm", {"path": f"{MPS_ROOT}/shm"}),
    }


def _mig_env(shape: DevicePluginShape) -> dict[str, str]:
    is_mig = any(config.mig_strategy is not MigStrategy.NONE for config in shape.named_configs.values())
    return {"NVIDIA_MIG_MONITOR_DEVICES": "all"} if is_mig else {}


def _security(*, is_privileged: bool, is_admin: bool) -> dict[str, Any]:
    """As little as the configs leave."""
    if is_privileged:
        return {"privileged": True}
    if is_admin:
        return {"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}, "readOnlyRootFilesystem": True}
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
