"""The arguments of an EKS GPU node group."""

from collections.abc import Iterable
from enum import Enum

from gpuplane.args import Input
from gpuplane.component import ComponentArgs
from gpuplane.errors import Problem
from gpuplane.hardware import Platform, machine


class EksCapacity(str, Enum):
    """How the nodes are bought."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"


class EksGpuPoolShape(ComponentArgs):
    """An EKS GPU node group, wherever it is made."""

    subnet_ids: list[Input[str]]
    """Subnets of the nodes; not every zone has every instance type."""

    machine_type: str
    """EC2 instance type, such as `g4dn.2xlarge`; the cost of a node is its price."""

    min_nodes: int = 0
    """Fewest nodes. By default none, so that an unused pool costs nothing."""

    max_nodes: int
    """Most nodes: the most this pool can cost."""

    capacity: EksCapacity = EksCapacity.ON_DEMAND
    """How the nodes are bought. Spot nodes cost less and can be taken away within two minutes."""

    disk_gib: int = 200
    """Root volume in GiB, gp3 and encrypted; serving images are large."""

    labels: dict[str, str] = {}
    """Node labels beside the ones that lead workloads and the device plugin here."""

    def problems(self) -> Iterable[Problem]:
        """The rules over several arguments."""
        try:
            found = machine(Platform.EKS, self.machine_type)
        except ValueError as error:
            yield Problem("machine_type", str(error))
        else:
            if found.vendor != "nvidia":
                yield Problem(
                    "machine_type", f"must have NVIDIA GPUs, got {found.name!r} with {found.vendor or 'none'}"
                )
        if not self.subnet_ids:
            yield Problem("subnet_ids", "must have at least one subnet, got none")
        if not 0 <= self.min_nodes <= self.max_nodes:
            yield Problem(
                "min_nodes", f"must be from 0 to max_nodes, got {self.min_nodes}, max_nodes is {self.max_nodes}"
            )
        if self.max_nodes < 1:
            yield Problem("max_nodes", f"must be at least 1, got {self.max_nodes}")


class EksGpuNodePoolArgs(EksGpuPoolShape):
    """Arguments of `EksGpuNodePool`."""

    cluster: Input[str]
    """Name of the cluster."""
