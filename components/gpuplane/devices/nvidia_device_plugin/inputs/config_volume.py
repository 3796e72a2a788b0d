"""The volume with the config of a pod's node: the only config as a file, or one of several by the node's label.

With several, `config-manager` of the plugin's own image reads the label, puts the config in place before the pod
starts, and again whenever the label changes, which it signals to the program that reads it.
"""

from dataclasses import dataclass
from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.devices.node_critical.inputs import UNPRIVILEGED, environment
from gpuplane.devices.nvidia_device_plugin.args import DevicePluginShape
from gpuplane.devices.nvidia_device_plugin.facts import CONFIG_LABEL

CONFIG_FILE = "/config/config.yaml"
_AVAILABLE = "/available-configs"

Container = dict[str, Any]


@dataclass(frozen=True)
class ConfigVolume:
    """The parts of a pod spec that bring the config.

    Attributes:
        volumes: Its volumes.
        mounts: The mounts of the container that reads it, at `CONFIG_FILE`.
        before: Init containers.
        beside: Containers beside the one that reads it.
        access: Fields of the pod spec that let these see the node and signal the program.
    """

    volumes: list[dict[str, Any]]
    mounts: list[dict[str, Any]]
    before: list[Container]
    beside: list[Container]
    access: dict[str, Any]


def config_volume(
    shape: DevicePluginShape, config_map: Input[str], service_account: Input[str] | None, program: str
) -> ConfigVolume:
    """Return the parts for one program.

    Args:
        shape: The plugin's arguments.
        config_map: The ConfigMap of the configs.
        service_account: The account that may read the node; None with one config.
        program: The process to signal.
    """
    mounts: list[dict[str, Any]] = [{"name": "config", "mountPath": "/config", "readOnly": True}]
    if service_account is None:
        (only,) = shape.named_configs
        items = [{"key": only, "path": "config.yaml"}]
        volume = {"name": "config", "configMap": {"name": config_map, "items": items}}
        return ConfigVolume([volume], mounts, [], [], {"automountServiceAccountToken": False})
    volumes: list[dict[str, Any]] = [
        {"name": "available-configs", "configMap": {"name": config_map}},
        {"name": "config", "emptyDir": {}},
    ]
    return ConfigVolume(
        volumes,
        [*mounts, {"name": "available-configs", "mountPath": _AVAILABLE, "readOnly": True}],
        [_config_manager(shape, "config-init", "")],
        [_config_manager(shape, "config-watch", program)],
        {"serviceAccountName": service_account, "shareProcessNamespace": True},
    )


def _config_manager(shape: DevicePluginShape, name: str, program: str) -> Container:
    """Return the config manager: it exits at once without a program to signal, else runs as long as the pod."""
    env = {
        "ONESHOT": "false" if program else "true",
        "KUBECONFIG": "",
        "NODE_LABEL": CONFIG_LABEL,
        "CONFIG_FILE_SRCDIR": _AVAILABLE,
        "CONFIG_FILE_DST": CONFIG_FILE,
        "DEFAULT_CONFIG": shape.default_config,
        "SEND_SIGNAL": "true" if program else "false",
        "SIGNAL": "1" if program else "",
        "PROCESS_TO_SIGNAL": program,
    }
    return {
        "name": name,
        "image": shape.image,
        "command": ["config-manager"],
        "env": environment(env, ["NODE_NAME"]),
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": dict(UNPRIVILEGED),
        "volumeMounts": [
            {"name": "available-configs", "mountPath": _AVAILABLE, "readOnly": True},
            {"name": "config", "mountPath": "/config"},
        ],
    }
