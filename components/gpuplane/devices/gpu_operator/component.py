"""The GPU operator component."""

from typing import ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.section import Section
from gpuplane.devices.gpu_operator.args import GpuOperatorArgs
from gpuplane.devices.gpu_operator.args_dict import GpuOperatorArgsDict
from gpuplane.devices.gpu_operator.inputs import release_inputs
from gpuplane.devices.node_critical.component import CriticalComponent
from gpuplane.nodepools.facts import PoolFacts


class GpuOperator(CriticalComponent):
    """NVIDIA's GPU operator as a Helm release, instead of `NvidiaDevicePlugin` and `DcgmExporter`.

    It brings the device plugin, the container toolkit where nodes have none, feature discovery and the DCGM exporter.
    A rehearsal has no chart: it assumes that the release succeeds, and says so.

    Example:
        >>> from gpuplane import EksGpuNodePool
        >>> pool = EksGpuNodePool("t4", {
        ...     "cluster": "ml", "subnet_ids": ["subnet-1"], "machine_type": "g4dn.2xlarge", "max_nodes": 4,
        ... })
        >>> operator = GpuOperator("operator", {"pools": [pool.facts]})
        >>> operator.facts(pool.facts).resource_name
        'nvidia.com/gpu'

    Attributes:
        namespace: Name of its namespace.
        resource: The `k8s.helm.v3.Release`.
    """

    SECTION: ClassVar[Section | None] = Section("devices.gpuOperator")
    CHILDREN: ClassVar[tuple[str, ...]] = ("namespace", "quota", "release")

    def __init__(
        self, name: str, args: GpuOperatorArgs | GpuOperatorArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = GpuOperatorArgs.parse(f'GpuOperator "{name}"', args)
        super().__init__(name, checked, checked.namespace, opts)
        self._args = checked
        self.resource = self.make(
            k8s.helm.v3.Release,
            "release",
            release_inputs(checked),
            self._pods_after(),
        )
        self.register_outputs({"namespace": self.namespace})

    def facts(self, pool: PoolFacts) -> PoolFacts:
        """Return a pool's facts under this operator's config for it: what servers on it request."""
        return self._args.facts(pool)
