"""What a stack says of what advertises its GPUs and watches over them."""

from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.paths import within
from gpuplane.devices.dcgm_exporter.args import DcgmExporterShape
from gpuplane.devices.efa_device_plugin.args import EfaDevicePluginShape
from gpuplane.devices.gke_driver_installer.args import GkeDriverInstallerArgs
from gpuplane.devices.gpu_operator.args import GpuOperatorShape
from gpuplane.devices.nvidia_device_plugin.args import DevicePluginShape, NamedConfigs
from gpuplane.nodepools.facts import PoolFacts


class DevicesConfig(Args):
    """What advertises GPUs and EFA interfaces, and watches over GPUs."""

    nvidia_device_plugin: DevicePluginShape | None = None
    """NVIDIA's device plugin: for EKS pools on Amazon Linux, whose AMI has none."""

    gpu_operator: GpuOperatorShape | None = None
    """NVIDIA's GPU operator, instead of the device plugin and the exporter: for GKE pools whose driver is `disabled`,
    or where it is preferred."""

    gke_driver_installer: GkeDriverInstallerArgs | None = None
    """The driver of GKE pools whose driver is `disabled`."""

    efa_device_plugin: EfaDevicePluginShape | None = None
    """AWS's EFA device plugin: for EKS pools with `efa`."""

    dcgm_exporter: DcgmExporterShape | None = None
    """GPU metrics for Prometheus; on a new GKE cluster they are on without it."""

    @property
    def nvidias(self) -> NamedConfigs | None:
        """What of NVIDIA's advertises the GPUs of pools that do not by themselves."""
        return self.nvidia_device_plugin or self.gpu_operator

    def facts(self, pool: PoolFacts) -> PoolFacts:
        """A pool's facts as these devices show its GPUs: what servers on it ask for."""
        return self.nvidias.facts(pool) if self.nvidias else pool

    def own_problems(self) -> Iterable[Problem]:
        """Each part's own, and which of them do the same."""
        for name in type(self).model_fields:
            part: Args | None = getattr(self, name)
            yield from within(name, part.problems() if part else ())
        if self.nvidia_device_plugin and self.gpu_operator:
            yield Problem(
                "gpu_operator",
                "must not be given beside nvidia_device_plugin, since both advertise the GPUs, "
                "allowed: one advertiser a node, fix: set one of them to null",
            )
        if self.dcgm_exporter and self.gpu_operator:
            yield Problem(
                "dcgm_exporter",
                "must not be given beside gpu_operator, which has an exporter of its own, fix: set one of them to null",
            )
