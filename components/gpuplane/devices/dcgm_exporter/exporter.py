"""The DCGM exporter component."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component import Component
from gpuplane.devices.critical_namespace import namespace_inputs, quota_inputs
from gpuplane.devices.dcgm_exporter.args import DcgmExporterArgs
from gpuplane.devices.dcgm_exporter.counters import counters_file
from gpuplane.devices.dcgm_exporter.inputs import PORT, daemonset_inputs, service_inputs


class DcgmExporter(Component):
    """NVIDIA's DCGM exporter on every GPU node: GPU metrics by pod, for Prometheus, on port 9400.

    Example:
        >>> DcgmExporter("dcgm", {"pools": [pool.facts], "profiling": True})

    Attributes:
        namespace: Name of its namespace.
        resource: The DaemonSet.
        service: The Service in front of it.
        port: The port that serves metrics.
    """

    CHILDREN: ClassVar[tuple[str, ...]] = ("namespace", "quota", "counters", "daemonset", "service")

    def __init__(
        self, name: str, args: DcgmExporterArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = DcgmExporterArgs.of(f'DcgmExporter "{name}"', args)
        super().__init__(name, checked, opts)
        namespace = self.make(k8s.core.v1.Namespace, "namespace", namespace_inputs(checked.namespace))
        self.namespace: pulumi.Output[str] = pulumi.Output.from_input(namespace.metadata.name)
        inside = pulumi.ResourceOptions(depends_on=[namespace])
        quota = self.make(k8s.core.v1.ResourceQuota, "quota", quota_inputs(checked.namespace), inside)
        counters = self.make(
            k8s.core.v1.ConfigMap,
            "counters",
            {
                "metadata": {"namespace": checked.namespace},
                "data": {"counters.csv": counters_file(checked.counters, checked.profiling)},
            },
            inside,
        )
        self.resource = self.make(
            k8s.apps.v1.DaemonSet,
            "daemonset",
            daemonset_inputs(checked, counters.metadata.name),
            pulumi.ResourceOptions(depends_on=[namespace, quota]),
        )
        self.service = self.make(k8s.core.v1.Service, "service", service_inputs(checked.namespace), inside)
        self.port = PORT
        self.register_outputs({"namespace": self.namespace})
