"""The fields of a GKE ComputeClass."""

from enum import Enum

from gpuplane.arguments.base import Args
from gpuplane.arguments.inputs import Input
from gpuplane.component.base import ComponentArgs
from gpuplane.hardware import BUILT_IN
from gpuplane.hardware.argument import CatalogueArgument
from gpuplane.nodepools.gke.provisioning import GkeReservation


class ClassProvisioningModel(str, Enum):
    """A way to get nodes."""

    RESERVATION = "reservation"
    ON_DEMAND = "on-demand"
    FLEX_START = "flex-start"
    SPOT = "spot"


class ClassDriver(str, Enum):
    """Which GPU driver GKE installs."""

    DEFAULT = "default"
    LATEST = "latest"


class ClassPriority(Args):
    """One way to get nodes."""

    provisioning_model: ClassProvisioningModel
    """`reservation`, `on-demand`, `flex-start` or `spot`."""

    machine_type: str | None = None
    """Another machine type than the class's, with the same kind of accelerator."""

    gpus_per_node: int | None = None
    """How many accelerators are attached to another N1 machine. By default one."""

    reservation: GkeReservation | None = None
    """The reservation of `provisioningModel: reservation`, paid for whether or not it is used."""

    zones: list[str] | None = None
    """Zones to try. By default the cluster's."""

    max_run_seconds: int | None = None
    """Seconds after which GKE deletes a node. By default no limit; seven days for flex-start."""


class GkeComputeClassFields(ComponentArgs):
    """The fields of a GKE ComputeClass without what its component alone needs."""

    machine_type: str
    """GCE machine type, such as `g2-standard-8`."""

    accelerator: str | None = None
    """The accelerator to attach to N1 machines. By default the one that the machine type has built in."""

    gpus_per_node: int | None = None
    """How many accelerators are attached to an N1 machine. By default one."""

    priorities: list[ClassPriority]
    """The ways to get nodes, in the order in which GKE tries them."""

    max_nodes: int
    """Most nodes that the project's quota allows. GKE does not read it: it sizes updates of servers and the
    rehearsal's nodes."""

    driver: ClassDriver = ClassDriver.DEFAULT
    """The GPU driver. By default GKE's default one for its version."""

    active_migration: bool = False
    """Whether pods move when nodes of a higher priority become available. Each move restarts a server, within its
    disruption budget. By default pods stay until their node is deleted."""

    image_streaming: bool = True
    """Whether containers start before their image is fully downloaded. By default they do."""

    disk_gib: int = 200
    """Boot disk in GiB."""

    service_account: Input[str] | None = None
    """E-mail address of the nodes' service account. By default one is created that may only write logs and metrics
    and pull images."""

    catalogue: CatalogueArgument = BUILT_IN
    """Machine types and accelerators to choose from. By default gpuplane's own."""
