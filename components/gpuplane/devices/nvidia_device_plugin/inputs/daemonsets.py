"""The DaemonSets of the plugin: itself, the control daemon of MPS, and GPU feature discovery."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.devices.node_critical.inputs import DEVICE_PLUGINS_FOLDER, UNPRIVILEGED, critical_daemonset, environment
from gpuplane.devices.nvidia_device_plugin.args import DevicePluginShape
from gpuplane.devices.nvidia_device_plugin.facts import CONFIG_LABEL
from gpuplane.devices.nvidia_device_plugin.fields.feature_discovery import FeatureDiscovery
from gpuplane.devices.nvidia_device_plugin.fields.host import DRIVER_ROOT
from gpuplane.devices.nvidia_device_plugin.inputs.config_volume import CONFIG_FILE, ConfigVolume, config_volume
from gpuplane.hardware import MigStrategy

_NO_AFFINITY: Mapping[str, Any] = {}
_GPU_ENV = {"NVIDIA_VISIBLE_DEVICES": "all", "NVIDIA_DRIVER_CAPABILITIES": "compute,utility"}


@dataclass(frozen=True)
class Sources:
    """The names of what the pods read, known when they exist.

    Attributes:
        config_map: The ConfigMap of the configs.
        service_account: The account that may read the node; None with one config.
    """

    config_map: Input[str]
    service_account: Input[str] | None


@dataclass(frozen=True)
class HostPath:
    """A path of the node in a container.

    Attributes:
        inside: Where it is mounted.
        host: Where it is on the node.
        kind: What it has to be there, by Kubernetes' type of a `hostPath`; empty for anything.
        is_read_only: Whether the container only reads it.
    """

    inside: str
    host: str
    kind: str = ""
    is_read_only: bool = False


def uses_mps(shape: DevicePluginShape) -> bool:
    """Tell whether any config shares GPUs by MPS, which needs its control daemon."""
    return any(config.mps for config in shape.named_configs.values())


def plugin_inputs(shape: DevicePluginShape, sources: Sources) -> dict[str, Any]:
    """Return the DaemonSet of the plugin, for all GPU nodes."""
    configs = shape.named_configs.values()
    config = config_volume(shape, sources.config_map, sources.service_account, "nvidia-device-plugin")
    paths = {"device-plugins": HostPath(DEVICE_PLUGINS_FOLDER, DEVICE_PLUGINS_FOLDER, "Directory")}
    if uses_mps(shape):
        paths |= _mps_paths(shape)
    if any(one.uses_cdi for one in configs):
        paths["cdi"] = HostPath("/var/run/cdi", "/var/run/cdi", "DirectoryOrCreate")
    if shape.host.driver_root != DRIVER_ROOT or any(one.reads_driver_root for one in configs):
        paths["driver-root"] = HostPath("/driver-root", shape.host.driver_root, "Directory", is_read_only=True)
    return _daemonset(
        "nvidia-device-plugin",
        shape,
        config,
        {
            "env": {**_GPU_ENV, **_mig_env(shape), **_host_env(shape)},
            "securityContext": _security(
                is_privileged=any(one.pass_device_specs for one in configs),
                is_admin=any(one.needs_sys_admin for one in configs),
            ),
        },
        paths,
    )


def mps_inputs(shape: DevicePluginShape, sources: Sources) -> dict[str, Any]:
    """Return the control daemon of MPS, for the nodes whose config shares GPUs by it.

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
        "resources": shape.pods.resources.plain,
        "volumeMounts": [{"name": "mps-root", "mountPath": "/mps", "mountPropagation": "Bidirectional"}],
    }
    made = _daemonset(
        "mps-control-daemon",
        shape,
        ConfigVolume(config.volumes, config.mounts, [mount, *config.before], config.beside, access),
        {"env": _GPU_ENV, "securityContext": _security(is_privileged=True, is_admin=False)},
        _mps_paths(shape),
        _on_mps_nodes(shape),
    )
    made["spec"]["template"]["spec"]["hostPID"] = True
    return made


def feature_discovery_inputs(shape: DevicePluginShape, discovery: FeatureDiscovery, sources: Sources) -> dict[str, Any]:
    """Return GPU feature discovery, whose file Node Feature Discovery reads."""
    features = "/etc/kubernetes/node-feature-discovery/features.d"
    return _daemonset(
        "gpu-feature-discovery",
        shape,
        config_volume(shape, sources.config_map, sources.service_account, "gpu-feature-discovery"),
        {
            "env": {**_GPU_ENV, **_mig_env(shape), **discovery.env},
            # Virtual GPUs are only seen with the host's PCI configuration.
            "securityContext": _security(is_privileged=True, is_admin=False),
        },
        {
            "features": HostPath(features, features, "DirectoryOrCreate"),
            "sys": HostPath("/sys", "/sys", "Directory"),
        },
    )


def _daemonset(
    program: str,
    shape: DevicePluginShape,
    config: ConfigVolume,
    main: Mapping[str, Any],
    paths: Mapping[str, HostPath],
    affinity: Mapping[str, Any] = _NO_AFFINITY,
) -> dict[str, Any]:
    """Return a DaemonSet of the plugin's image; `paths` are by the name of their volume."""
    env = {**main["env"], "CONFIG_FILE": CONFIG_FILE}
    pod = {
        "runtimeClassName": shape.runtime_class,
        **config.access,
        **shape.pods.fields,
        **affinity,
        **({"initContainers": config.before} if config.before else {}),
        "containers": [
            {
                "name": program,
                "image": shape.image,
                "command": [program],
                "env": environment(env, ["NODE_NAME"]),
                "resources": shape.pods.resources.plain,
                "securityContext": main["securityContext"],
                "volumeMounts": [*(_mount(name, path) for name, path in paths.items()), *config.mounts],
            },
            *config.beside,
        ],
        "volumes": [*(_volume(name, path) for name, path in paths.items()), *config.volumes],
    }
    labels = {"app.kubernetes.io/part-of": "nvidia-device-plugin"}
    return critical_daemonset(program, shape.namespace, pod, labels, shape.pods.update)


def _mount(name: str, path: HostPath) -> dict[str, Any]:
    return {"name": name, "mountPath": path.inside, **({"readOnly": True} if path.is_read_only else {})}


def _volume(name: str, path: HostPath) -> dict[str, Any]:
    return {"name": name, "hostPath": {"path": path.host, **({"type": path.kind} if path.kind else {})}}


def _on_mps_nodes(shape: DevicePluginShape) -> dict[str, Any]:
    """Return the affinity to those nodes; a node without the label has the default config."""
    mps = sorted(name for name, config in shape.named_configs.items() if config.mps)
    others = sorted(set(shape.named_configs) - set(mps))
    if not others:
        return {}
    is_default = shape.default_config in mps
    operator, values = ("NotIn", others) if is_default else ("In", mps)
    terms = [{"matchExpressions": [{"key": CONFIG_LABEL, "operator": operator, "values": values}]}]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    return {"affinity": {"nodeAffinity": required}}


def _mps_paths(shape: DevicePluginShape) -> dict[str, HostPath]:
    root = shape.host.mps_root
    return {
        "mps-root": HostPath("/mps", root, "DirectoryOrCreate"),
        "mps-shm": HostPath("/dev/shm", f"{root.rstrip('/')}/shm"),
    }


def _host_env(shape: DevicePluginShape) -> dict[str, str]:
    """Return the plugin's variables about the node, without the defaults."""
    host = shape.host
    said = {
        "NVIDIA_DRIVER_ROOT": host.driver_root if host.driver_root != DRIVER_ROOT else None,
        "NVIDIA_DEV_ROOT": host.dev_root,
        "NVIDIA_CDI_HOOK_PATH": host.cdi_hook_path,
        "CDI_FEATURE_FLAGS": ",".join(flag.value for flag in shape.cdi_feature_flags) or None,
        "MPS_ROOT": host.mps_root if uses_mps(shape) else None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _mig_env(shape: DevicePluginShape) -> dict[str, str]:
    is_mig = any(config.mig_strategy is not MigStrategy.NONE for config in shape.named_configs.values())
    return {"NVIDIA_MIG_MONITOR_DEVICES": "all"} if is_mig else {}


def _security(*, is_privileged: bool, is_admin: bool) -> dict[str, Any]:
    """Return the least privileges that the configs allow."""
    if is_privileged:
        return {"privileged": True}
    if is_admin:
        return {"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}, "readOnlyRootFilesystem": True}
    return dict(UNPRIVILEGED)
