"""The GPU driver of a GKE pool's nodes."""

from enum import Enum


class GpuDriver(str, Enum):
    """Driver that GKE installs; `disabled` also disables its managed device plugin."""

    DEFAULT = "default"
    LATEST = "latest"
    DISABLED = "disabled"


VERSIONS = {
    GpuDriver.DEFAULT: "DEFAULT",
    GpuDriver.LATEST: "LATEST",
    GpuDriver.DISABLED: "INSTALLATION_DISABLED",
}

# The first label keeps GKE's device plugin off a node, the second one selects it for NVIDIA's. Source:
# https://cloud.google.com/kubernetes-engine/docs/how-to/gpu-operator
NVIDIA_PLUGIN_LABELS = {"gke-no-default-nvidia-gpu-device-plugin": "true", "nvidia.com/gpu.present": "true"}
