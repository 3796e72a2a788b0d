"""The driver installer component, and the DaemonSet that it decides."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.section import Section
from gpuplane.devices.critical_component import CriticalComponent
from gpuplane.devices.critical_daemonset import critical_daemonset
from gpuplane.devices.gke_driver_installer.args import GkeDriverInstallerArgs

PAUSE = "registry.k8s.io/pause:3.10@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a"

_NODES = {
    "gke-no-default-nvidia-gpu-device-plugin": "true",
    "cloud.google.com/gke-os-distribution": "cos",
}
# Volume: host path, path in the container, and what the installer calls the two.
_PATHS = {
    "driver": ("/home/kubernetes/bin/nvidia", "/usr/local/nvidia", "NVIDIA_INSTALL_DIR"),
    "vulkan": ("/home/kubernetes/bin/nvidia/vulkan/icd.d", "/etc/vulkan/icd.d", "VULKAN_ICD_DIR"),
    "cos-tools": ("/var/lib/cos-tools", "/build/cos-tools", "COS_TOOLS_DIR"),
}


class GkeDriverInstaller(CriticalComponent):
    """Installs the GPU driver on GKE pools with `driver: disabled`, which leave it out together with GKE's plugin.

    For Container-Optimized OS, whose own installer it runs. Source:
    https://cloud.google.com/kubernetes-engine/docs/how-to/gpus#installing_drivers

    Example:
        >>> GkeDriverInstaller("driver", {})

    Attributes:
        namespace: Name of its namespace.
        resource: The DaemonSet.
    """

    SECTION: ClassVar[Section | None] = Section("devices.gkeDriverInstaller")
    CHILDREN: ClassVar[tuple[str, ...]] = ("namespace", "quota", "daemonset")

    def __init__(
        self, name: str, args: GkeDriverInstallerArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = GkeDriverInstallerArgs.parse(f'GkeDriverInstaller "{name}"', args)
        super().__init__(name, checked, checked.namespace, opts)
        self.resource = self.make(
            k8s.apps.v1.DaemonSet,
            "daemonset",
            daemonset_inputs(checked),
            self._pods_after(),
        )
        self.register_outputs({"namespace": self.namespace})


def daemonset_inputs(args: GkeDriverInstallerArgs) -> dict[str, Any]:
    """The installer, once on each node before anything else of the pod, and again after a reboot."""
    env = {f"{key}_HOST": host for host, _, key in _PATHS.values()}
    env |= {f"{key}_CONTAINER": inside for _, inside, key in _PATHS.values()}
    pod = {
        "automountServiceAccountToken": False,
        "hostNetwork": True,
        "hostPID": True,
        "nodeSelector": _NODES,
        "tolerations": [{"operator": "Exists"}],
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
        "env": [{"name": key, "value": value} for key, value in {**env, "ROOT_MOUNT_DIR": "/root"}.items()],
        "resources": {"requests": {"cpu": "150m"}},
        "securityContext": {"privileged": True},
        "volumeMounts": [
            {"name": "dev", "mountPath": "/dev"},
            {"name": "root", "mountPath": "/root"},
            *({"name": name, "mountPath": inside} for name, (_, inside, _) in _PATHS.items()),
        ],
    }
