"""The driver installer component."""

from typing import ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.section import Section
from gpuplane.devices.gke_driver_installer.args import GkeDriverInstallerArgs
from gpuplane.devices.gke_driver_installer.args_dict import GkeDriverInstallerArgsDict
from gpuplane.devices.gke_driver_installer.inputs import daemonset_inputs
from gpuplane.devices.node_critical.component import CriticalComponent


class GkeDriverInstaller(CriticalComponent):
    """Installs the GPU driver on GKE pools with `driver: disabled`, which leave it out together with GKE's plugin.

    For Container-Optimized OS, whose own installer it runs. Source:
    https://cloud.google.com/kubernetes-engine/docs/how-to/gpus#installing_drivers

    Example:
        >>> installer = GkeDriverInstaller("driver", {})

    Attributes:
        namespace: Name of its namespace.
        resource: The DaemonSet.
    """

    SECTION: ClassVar[Section | None] = Section("devices.gkeDriverInstaller")
    CHILDREN: ClassVar[tuple[str, ...]] = ("namespace", "quota", "daemonset")

    def __init__(
        self,
        name: str,
        args: GkeDriverInstallerArgs | GkeDriverInstallerArgsDict,
        opts: pulumi.ResourceOptions | None = None,
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
