"""The fields of a GKE GPU node pool."""

from enum import Enum

from gpuplane.arguments.base import Args
from gpuplane.arguments.inputs import Input
from gpuplane.component.base import ComponentArgs
from gpuplane.hardware import BUILT_IN
from gpuplane.hardware.argument import CatalogueArgument
from gpuplane.nodepools.gke.disks import GkeLocalSsd, SecondaryBootDisk
from gpuplane.nodepools.gke.driver import GpuDriver
from gpuplane.nodepools.gke.kubelet import GkeKubelet
from gpuplane.nodepools.gke.network import GkeNetwork
from gpuplane.nodepools.gke.provisioning import GkeProvisioningModel, GkeReservation
from gpuplane.nodepools.gke.sharing import GkeSharing
from gpuplane.nodepools.gke.upgrades import GkeDrain, GkeUpgrade
from gpuplane.nodepools.taints import NodeTaint


class LocationPolicy(str, Enum):
    """Which zone the autoscaler takes a new node in."""

    BALANCED = "balanced"
    ANY = "any"


class PlacementType(str, Enum):
    """How nodes are placed to each other."""

    COMPACT = "compact"


class GkePlacement(Args):
    """Where nodes are placed to each other, for jobs over several of them.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/compact-placement
    """

    type: PlacementType = PlacementType.COMPACT
    """`compact`: close together in one zone, so that the network between them is fast."""

    policy_name: str | None = None
    """A placement policy that is there, in the project and region. By default GKE makes one."""


class GkeGpuPoolFields(ComponentArgs):
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
    """Most nodes over all zones: the most this pool can cost. The same as `min_nodes` for a fixed number."""

    limits_per_zone: bool = False
    """Whether `min_nodes` and `max_nodes` are of each zone."""

    location_policy: LocationPolicy | None = None
    """Which zone a new node is taken in: `balanced` over them, or `any` that has one. By default `any` where capacity
    is scarce, for spot, flex-start, queued and reserved nodes, else `balanced`."""

    provisioning_model: GkeProvisioningModel = GkeProvisioningModel.ON_DEMAND
    """How the nodes are bought. `spot` nodes cost less and can be taken away within 30 seconds; `flex-start` nodes cost
    less, come when there are some, and end after seven days; `queued` ones come all at once for a
    ProvisioningRequest, such as Kueue's."""

    reservation: GkeReservation | None = None
    """The reservation that on-demand nodes take. By default GKE's own choice."""

    placement: GkePlacement | None = None
    """How nodes are placed to each other. By default anywhere in their zones."""

    driver: GpuDriver = GpuDriver.DEFAULT
    """The GPU driver. By default GKE's default one for its version."""

    sharing: GkeSharing | None = None
    """How GPUs are shared. By default each is one container's alone."""

    network: GkeNetwork = GkeNetwork()
    """The networks of the nodes. By default gVNIC on the cluster's own."""

    image_streaming: bool = True
    """Whether containers start before their image is there as a whole. Its images have to be in Artifact Registry;
    others are pulled as ever."""

    secondary_boot_disks: list[SecondaryBootDisk] = []
    """Disks with images or models on them that nodes have from the start; each node pays for its copy."""

    local_ssd: GkeLocalSsd | None = None
    """Disks in the node's host. By default those that the machine type has built in, for images and `emptyDir`."""

    disk_gib: int = 200
    """Boot disk in GiB; serving images are large."""

    disk_type: str | None = None
    """Type of the boot disk, such as `pd-ssd`. By default `pd-balanced`, or `hyperdisk-balanced` where the machine type
    takes nothing else."""

    disk_kms_key: Input[str] | None = None
    """Cloud KMS key that the boot disk is encrypted with. By default Google's own."""

    upgrade: GkeUpgrade | None = None
    """How nodes are upgraded. By default one is taken away before its successor is asked for, since spare GPUs are
    scarce."""

    repair: bool | None = None
    """Whether GKE makes an unhealthy node anew. By default it does, but not for flex-start and queued nodes."""

    drain: GkeDrain = GkeDrain()
    """How nodes are emptied before they go. By default disruption budgets hold when the pool is deleted, too."""

    secure_boot: bool = True
    """Whether nodes run signed kernel modules only. GKE's own driver is signed."""

    kubelet: GkeKubelet | None = None
    """How pods are placed on CPUs, memory and devices. By default without regard to NUMA nodes."""

    max_run_seconds: int | None = None
    """How long a node runs before it is taken away. By default as long as it is needed; seven days for flex-start."""

    max_pods: int | None = None
    """Most pods of a node, 8 to 256. By default the cluster's, 110 on most; fewer need fewer addresses."""

    service_account: Input[str] | None = None
    """E-mail address of the account that nodes run as. By default one is made that may write logs and metrics and pull
    images, and nothing else."""

    labels: dict[str, str] = {}
    """Node labels beside GKE's own."""

    taints: list[NodeTaint] = []
    """Taints beside the GPUs' own, `nvidia.com/gpu=present:NoSchedule`."""

    tags: list[str] = []
    """Network tags, for firewall rules."""

    resource_labels: dict[str, str] = {}
    """Labels of the machines and disks, for the bill."""

    catalogue: CatalogueArgument = BUILT_IN
    """Machine types and accelerators to choose from. By default gpuplane's own."""
