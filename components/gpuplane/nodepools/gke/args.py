"""The arguments of a GKE GPU node pool."""

from collections.abc import Iterable
from enum import Enum

from gpuplane.args import Input
from gpuplane.component import ComponentArgs
from gpuplane.errors import Problem
from gpuplane.nodepools.gke.machine import equipped


class GkeCapacity(str, Enum):
    """How the nodes are bought."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"


class GpuDriver(str, Enum):
    """Which driver GKE installs; with `disabled` its managed device plugin stays away as well."""

    DEFAULT = "default"
    LATEST = "latest"
    DISABLED = "disabled"


class GkeGpuPoolShape(ComponentArgs):
    """A GKE GPU node pool, wherever it is made."""

    machine_type: str
    """GCE machine type, such as `g2-standard-8`; the cost of a node is its price and its accelerators'."""

    accelerator: str | None = None
    """The accelerator to attach, such as `nvidia-tesla-t4`. By default the one that the machine type has built in;
    N1 machines have none, so they need it."""

    gpus_per_node: int | None = None
    """How many accelerators a node has. By default the machine type's own number, one for N1 machines."""

    zones: list[str] | None = None
    """Zones of the nodes. By default the cluster's; not every zone has every accelerator."""

    min_nodes: int = 0
    """Fewest nodes over all zones. By default none, so that an unused pool costs nothing."""

    max_nodes: int
    """Most nodes over all zones: the most this pool can cost."""

    capacity: GkeCapacity = GkeCapacity.ON_DEMAND
    """How the nodes are bought. Spot nodes cost less and can be taken away within 30 seconds."""

    driver: GpuDriver = GpuDriver.DEFAULT
    """The GPU driver. By default GKE's default one for its version."""

    disk_gib: int = 200
    """Boot disk in GiB; serving images are large."""

    labels: dict[str, str] = {}
    """Node labels beside GKE's own."""

    def problems(self) -> Iterable[Problem]:
        """The rules over several arguments."""
        found = equipped(self)
        if isinstance(found, Problem):
            yield found
        if not 0 <= self.min_nodes <= self.max_nodes:
            yield Problem(
                "min_nodes", f"must be from 0 to max_nodes, got {self.min_nodes}, max_nodes is {self.max_nodes}"
            )
        if self.max_nodes < 1:
            yield Problem("max_nodes", f"must be at least 1, got {self.max_nodes}")


class GkeGpuNodePoolArgs(GkeGpuPoolShape):
    """Arguments of `GkeGpuNodePool`."""

    cluster: Input[str]
    """Name of the cluster."""

    project: str
    """The cluster's project."""

    location: str
    """The cluster's region or zone."""
