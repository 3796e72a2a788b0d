"""The `devices` section: device plugins, drivers and GPU metrics."""

from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.devices.dcgm_exporter.args import DcgmExporterShape
from gpuplane.devices.efa_device_plugin.args import EfaDevicePluginShape
from gpuplane.devices.gke_driver_installer.args import GkeDriverInstallerArgs
from gpuplane.devices.gpu_operator.args import GpuOperatorShape
from gpuplane.devices.nvidia_device_plugin.args import DevicePluginShape, NamedConfigs
from gpuplane.nodepools.facts import PoolFacts


class DevicesConfig(Args):
    """Device plugins, drivers and GPU metrics."""

    nvidia_device_plugin: DevicePluginShape | None = None
    """NVIDIA's device plugin, for EKS pools on Amazon Linux, whose AMI has none."""

    gpu_operator: GpuOperatorShape | None = None
    """NVIDIA's GPU operator in place of the device plugin and the exporter. Required by GKE pools with `driver:
    disabled`."""

    gke_driver_installer: GkeDriverInstallerArgs | None = None
    """Google's driver installer, for GKE pools with `driver: disabled`."""

    efa_device_plugin: EfaDevicePluginShape | None = None
    """AWS' EFA device plugin, for EKS pools with `efa`."""

    dcgm_exporter: DcgmExporterShape | None = None
    """GPU metrics for Prometheus. A new GKE cluster has them without it."""

    @property
    def nvidias(self) -> NamedConfigs | None:
        """NVIDIA's device plugin or operator, for pools whose nodes do not advertise their GPUs."""
        return self.nvidia_device_plugin or self.gpu_operator

    def facts(self, pool: PoolFacts) -> PoolFacts:
        """Return a pool's facts with its GPUs as these devices advertise them."""
        return self.nvidias.facts(pool) if self.nvidias else pool

    def own_problems(self) -> Iterable[Problem]:
        """Check that no two devices do the same."""
        if self.nvidia_device_plugin and self.gpu_operator:
            yield Problem(
                "gpu_operator",
                "conflicts with nvidia_device_plugin, which advertises the GPUs as well, "
                "allowed: one advertiser a node, fix: set one of them to null",
            )
        if self.dcgm_exporter and self.gpu_operator:
            yield Problem(
                "dcgm_exporter",
                "conflicts with gpu_operator, which installs an exporter as well, fix: set one of them to null",
            )
