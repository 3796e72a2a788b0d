"""Who brings the GPU driver of a GKE pool's nodes."""

from enum import Enum


class GpuDriver(str, Enum):
    """Which driver GKE installs; with `disabled` its managed device plugin stays away as well."""

    DEFAULT = "default"
    LATEST = "latest"
    DISABLED = "disabled"


VERSIONS = {
    GpuDriver.DEFAULT: "DEFAULT",
    GpuDriver.LATEST: "LATEST",
    GpuDriver.DISABLED: "INSTALLATION_DISABLED",
}

# On nodes with this label GKE's plugin does not run, and NVIDIA's does on those with the other. Source:
# https://cloud.google.com/kubernetes-engine/docs/how-to/gpu-operator
NVIDIA_PLUGIN_LABELS = {"gke-no-default-nvidia-gpu-device-plugin": "true", "nvidia.com/gpu.present": "true"}
