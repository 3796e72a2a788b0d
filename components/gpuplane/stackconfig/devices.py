"""What a stack says of what advertises its GPUs and watches over them."""

from gpuplane.args import Args
from gpuplane.devices.nvidia_device_plugin.args import DevicePluginShape


class DevicesConfig(Args):
    """What advertises GPUs and watches over them."""

    nvidia_device_plugin: DevicePluginShape | None = None
    """NVIDIA's device plugin: needed on EKS, and on GKE for pools whose driver is `disabled`."""
