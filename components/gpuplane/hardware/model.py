"""Machine types and accelerators as plain, frozen facts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from gpuplane.platforms import Platform


class PurchaseOption(str, Enum):
    """A purchase option of a machine type."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"
    FLEX_START = "flex-start"
    QUEUED = "queued"
    RESERVATION = "reservation"
    CAPACITY_BLOCK = "capacity-block"


@dataclass(frozen=True)
class Accelerator:
    """One GPU model as a platform names it.

    Attributes:
        name: On GKE the value of the node label `cloud.google.com/gke-accelerator`; on EKS the model's name in lower
            case, with its memory where EC2 has two of them.
        vendor: `nvidia` or `amd`.
        memory_mib: Nominal memory of one GPU in MiB; the driver shows slightly less.
        mig_profiles: MIG profile to the number of partitions one GPU splits into; empty without MIG.
        max_shared_clients: Most containers that may share one GPU by time-sharing or MPS: 1 where it cannot be shared,
            None where no limit is published.
        max_mps_clients: Most containers that may share one GPU by the MPS daemon of NVIDIA's device plugin.
        product: The value of the node label `nvidia.com/gpu.product` that GPU feature discovery gives; empty when it
            is not published.
        sources: Ids of the rows in `data/sources.csv` that the facts come from.
    """

    name: str
    vendor: str
    memory_mib: int
    mig_profiles: Mapping[str, int] = field(default_factory=dict[str, int], hash=False)
    max_shared_clients: int | None = None
    max_mps_clients: int = 48
    product: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class LocalSsd:
    """Disks in the machine's host, lost with the node.

    Attributes:
        bundled: Whether every node has them; otherwise they are asked for.
        counts: The numbers of disks that a node can have; empty when only the total is published.
        total_bytes: Size of all of them, with the most disks.
    """

    bundled: bool
    counts: tuple[int, ...]
    total_bytes: int


@dataclass(frozen=True)
class Network:
    """Networking of a machine beyond one ordinary network interface.

    Attributes:
        efa_interfaces: EFA interfaces on EC2, one a network card; 0 without EFA, or when not published.
        network_cards: Network cards on EC2, 0 when not published.
        gvnic_required: Whether GCE says that the machine takes gVNIC only.
        gpudirect: Kind of GPUDirect on GCE (`tcpx`, `tcpxo`, `rdma`), empty without.
        gpu_networks: Networks beside the primary one that GPUDirect on GKE needs, 0 when not published.
    """

    efa_interfaces: int = 0
    network_cards: int = 0
    gvnic_required: bool = False
    gpudirect: str = ""
    gpu_networks: int = 0


@dataclass(frozen=True)
class Machine:
    """One machine type: the resources of a node before anything is reserved.

    Attributes:
        platform: Where it runs.
        name: GCE machine type or EC2 instance type.
        vcpus: Virtual CPUs.
        memory_gib: Nominal memory in GiB.
        architecture: `amd64` or `arm64`, as in the node label `kubernetes.io/arch`.
        gpu: Its accelerator, None without one. N1 machines have none until `attach` gives them one.
        gpus: Number of GPUs; a fraction where the machine gets a part of one, such as 1/8.
        gpu_memory_mib: GPU memory in MiB of one device: of the part where the machine gets a part of a GPU; 0 without.
        max_pods: Most pods of a node: by network interfaces on EKS, and the kubelet's default of 110 where these are
            not published; GKE's default of 110 on GKE.
        local_ssd: Disks in its host, None without.
        network: Its networking.
        boot_disks: Types of boot disk that a node may have, the platform's own choice first; empty when not published.
        purchase_options: Purchase options it is offered by; empty when not published, which proves nothing.
        compact_flex_start: Whether its flex-start nodes can be placed compactly.
        shared_core: Whether its vCPUs are parts of a core; GKE reserves more than a core of them.
        bare_metal: Whether there is no hypervisor below.
        sources: Ids of the rows in `data/sources.csv` that the facts come from.
    """

    platform: Platform
    name: str
    vcpus: int
    memory_gib: Decimal
    architecture: str = "amd64"
    gpu: Accelerator | None = None
    gpus: Fraction = Fraction(0)
    gpu_memory_mib: int = 0
    max_pods: int = 110
    local_ssd: LocalSsd | None = None
    network: Network = Network()
    boot_disks: tuple[str, ...] = ()
    purchase_options: frozenset[PurchaseOption] = frozenset()
    compact_flex_start: bool = False
    shared_core: bool = False
    bare_metal: bool = False
    sources: tuple[str, ...] = ()

    @property
    def accelerator(self) -> str | None:
        """Name of its accelerator, None without one."""
        return self.gpu.name if self.gpu else None

    @property
    def vendor(self) -> str:
        """Vendor of its GPUs, `nvidia` or `amd`; empty without."""
        return self.gpu.vendor if self.gpu else ""

    @property
    def is_fractional(self) -> bool:
        """Whether the machine gets a part of a GPU, as a virtual GPU, instead of whole ones."""
        return self.gpus.denominator != 1

    @property
    def gpu_devices(self) -> int:
        """GPU devices that the driver shows on a node: the whole GPUs, or one virtual GPU for a part of one."""
        return math.ceil(self.gpus)


class UnknownMachineError(ValueError):
    """A machine type that is not in the catalogue; the message has the nearest names."""


class UnknownAcceleratorError(ValueError):
    """An accelerator that is not in the catalogue; the message has the nearest names."""
