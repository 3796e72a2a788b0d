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
    """How long a node runs before it is taken away. By default as long as it is needed; seven days for flex-start."""


class GkeComputeClassFields(ComponentArgs):
    """A GKE ComputeClass, wherever it is made."""

    machine_type: str
    """GCE machine type, such as `g2-standard-8`."""

    accelerator: str | None = None
    """The accelerator to attach to N1 machines. By default the one that the machine type has built in."""

    gpus_per_node: int | None = None
    """How many accelerators are attached to an N1 machine. By default one."""

    priorities: list[ClassPriority]
    """The ways to get nodes, first the one to try first. GKE makes nodes by the first that has some."""

    max_nodes: int
    """How many nodes the project's quota allows. GKE asks the quota and not this; updates of servers and the rehearsal
    count on it."""

    driver: ClassDriver = ClassDriver.DEFAULT
    """The GPU driver. By default GKE's default one for its version."""

    active_migration: bool = False
    """Whether pods move when a way before theirs has nodes again. Each move restarts a server, within its disruption
    budget; without it they stay until their node goes."""

    image_streaming: bool = True
    """Whether containers start before their image is there as a whole."""

    disk_gib: int = 200
    """Boot disk in GiB."""

    service_account: Input[str] | None = None
    """E-mail address of the account that nodes run as. By default one is made that may write logs and metrics and pull
    images, and nothing else."""

    catalogue: CatalogueArgument = BUILT_IN
    """Machine types and accelerators to choose from. By default gpuplane's own."""
