"""The DaemonSet of the driver installer."""

from collections.abc import Mapping
from typing import Any

from gpuplane.devices.gke_driver_installer.args import GkeDriverInstallerArgs
from gpuplane.devices.node_critical.inputs import critical_daemonset, environment
from gpuplane.platforms import Platform, facts

PAUSE = "registry.k8s.io/pause:3.10@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a"

_DRIVER = facts(Platform.GKE).gpu_driver_folder
_NODES = {
    "gke-no-default-nvidia-gpu-device-plugin": "true",
    "cloud.google.com/gke-os-distribution": "cos",
}
# Volume: host path, path in the container, and what the installer calls the two.
_PATHS = {
    "driver": (_DRIVER, "/usr/local/nvidia", "NVIDIA_INSTALL_DIR"),
    "vulkan": (f"{_DRIVER}/vulkan/icd.d", "/etc/vulkan/icd.d", "VULKAN_ICD_DIR"),
    "cos-tools": ("/var/lib/cos-tools", "/build/cos-tools", "COS_TOOLS_DIR"),
}


def daemonset_inputs(args: GkeDriverInstallerArgs) -> dict[str, Any]:
    """Return the DaemonSet: an init container installs the driver on each node, and again after a reboot."""
    env = {f"{key}_HOST": host for host, _, key in _PATHS.values()}
    env |= {f"{key}_CONTAINER": inside for _, inside, key in _PATHS.values()}
    pod = {
        "automountServiceAccountToken": False,
        "hostNetwork": True,
        "hostPID": True,
        "nodeSelector": _NODES,
        "initContainers": [_installer(args, env)],
        "containers": [
            {
                "name": "pause",
                "image": PAUSE,
                "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "16Mi"}},
            }
        ],
        "volumes": [
            {"name": "dev", "hostPath": {"path": "/dev"}},
            {"name": "root", "hostPath": {"path": "/"}},
            *({"name": name, "hostPath": {"path": host}} for name, (host, _, _) in _PATHS.items()),
        ],
    }
    return critical_daemonset("gke-driver-installer", args.namespace, pod)


def _installer(args: GkeDriverInstallerArgs, env: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": "install",
        "image": args.image,
        # The default image is on the node and in no registry.
        "imagePullPolicy": "IfNotPresent" if "/" in args.image else "Never",
        "env": environment({**env, "ROOT_MOUNT_DIR": "/root"}),
        "resources": {"requests": {"cpu": "150m"}},
        "securityContext": {"privileged": True},
        "volumeMounts": [
            {"name": "dev", "mountPath": "/dev"},
            {"name": "root", "mountPath": "/root"},
            *({"name": name, "mountPath": inside} for name, (_, inside, _) in _PATHS.items()),
        ],
    }
