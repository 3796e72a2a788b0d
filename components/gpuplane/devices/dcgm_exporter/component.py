"""The DCGM exporter component."""

from typing import ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.section import Section
from gpuplane.devices.dcgm_exporter.args import DcgmExporterArgs
from gpuplane.devices.dcgm_exporter.args_dict import DcgmExporterArgsDict
from gpuplane.devices.dcgm_exporter.counters import counters_file
from gpuplane.devices.dcgm_exporter.inputs import PORT, daemonset_inputs, service_inputs
from gpuplane.devices.node_critical.component import CriticalComponent


class DcgmExporter(CriticalComponent):
    """NVIDIA's DCGM exporter on every GPU node: GPU metrics by pod, for Prometheus, on port 9400.

    Example:
        >>> from gpuplane import EksGpuNodePool
        >>> pool = EksGpuNodePool("t4", {
        ...     "cluster": "ml", "subnet_ids": ["subnet-1"], "machine_type": "g4dn.2xlarge", "max_nodes": 4,
        ... })
        >>> exporter = DcgmExporter("dcgm", {"pools": [pool.facts], "profiling": True})

    Attributes:
        namespace: Name of its namespace.
        resource: The DaemonSet.
        service: The Service in front of it.
        port: The port that serves metrics.
    """

    SECTION: ClassVar[Section | None] = Section("devices.dcgmExporter")
    CHILDREN: ClassVar[tuple[str, ...]] = ("namespace", "quota", "counters", "daemonset", "service")

    def __init__(
        self, name: str, args: DcgmExporterArgs | DcgmExporterArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = DcgmExporterArgs.parse(f'DcgmExporter "{name}"', args)
        super().__init__(name, checked, checked.namespace, opts)
        counters = self.make(
            k8s.core.v1.ConfigMap,
            "counters",
            {
                "metadata": {"namespace": checked.namespace},
                "data": {"counters.csv": counters_file(checked.counters, checked.profiling)},
            },
            self._inside,
        )
        self.resource = self.make(
            k8s.apps.v1.DaemonSet,
            "daemonset",
            daemonset_inputs(checked, self.name_of(counters)),
            self._pods_after(),
        )
        self.service = self.make(k8s.core.v1.Service, "service", service_inputs(checked.namespace), self._inside)
        self.port = PORT
        self.register_outputs({"namespace": self.namespace})
