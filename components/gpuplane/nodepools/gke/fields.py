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
    """How the autoscaler chooses the zone of a new node."""

    BALANCED = "balanced"
    ANY = "any"


class PlacementType(str, Enum):
    """How nodes are placed relative to each other."""

    COMPACT = "compact"


class GkePlacement(Args):
    """Placement of nodes relative to each other, for jobs that span several nodes.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/compact-placement
    """

    type: PlacementType = PlacementType.COMPACT
    """`compact`: close together in one zone, for a fast network between them."""

    policy_name: str | None = None
    """Name of an existing placement policy in the project and region. By default GKE creates one."""


class GkeGpuPoolFields(ComponentArgs):
    """The fields of a GKE GPU node pool, independent of its cluster."""

    machine_type: str
    """GCE machine type, such as `g2-standard-8`. A node costs its price plus that of its accelerators."""

    accelerator: str | None = None
    """The accelerator to attach, such as `nvidia-tesla-t4`. By default the machine type's built-in one; required
    for N1 machines, which have none."""

    gpus_per_node: int | None = None
    """Number of accelerators of a node. By default the machine type's built-in number, or one for N1 machines."""

    zones: list[str] | None = None
    """Zones of the nodes. By default the cluster's zones. Not every zone has every accelerator."""

    min_nodes: int = 0
    """Minimum number of nodes over all zones. By default 0, so that an unused pool costs nothing."""

    max_nodes: int
    """Maximum number of nodes over all zones, which limits the cost. Set it to `min_nodes` for a fixed size."""

    limits_per_zone: bool = False
    """Whether `min_nodes` and `max_nodes` apply to each zone instead of the whole pool."""

    location_policy: LocationPolicy | None = None
    """How the zone of a new node is chosen: `balanced` over the zones, or `any` that has capacity. By default `any` for
    spot, flex-start, queued and reserved nodes, whose capacity is scarce, else `balanced`."""

    provisioning_model: GkeProvisioningModel = GkeProvisioningModel.ON_DEMAND
    """Provisioning model of the nodes. `spot` nodes cost less and can be preempted with 30 seconds' notice;
    `flex-start` nodes cost less, start when capacity is available, and run for at most seven days; `queued` nodes all
    start at once for a ProvisioningRequest, such as Kueue's."""

    reservation: GkeReservation | None = None
    """The reservation that on-demand nodes consume. By default GKE chooses."""

    placement: GkePlacement | None = None
    """Placement of nodes relative to each other. By default anywhere in their zones."""

    driver: GpuDriver = GpuDriver.DEFAULT
    """The GPU driver that GKE installs. By default the default driver of the GKE version."""

    sharing: GkeSharing | None = None
    """How GPUs are shared. By default each GPU belongs to one container."""

    network: GkeNetwork = GkeNetwork()
    """Networking of the nodes. By default gVNIC on the cluster's network."""

    image_streaming: bool = True
    """Whether containers may start before their image is fully downloaded. Works for images in Artifact Registry;
    others are pulled as usual."""

    secondary_boot_disks: list[SecondaryBootDisk] = []
    """Disks with preloaded images or models that are attached to every new node; each node pays for its copy."""

    local_ssd: GkeLocalSsd | None = None
    """Local SSDs of a node. By default the machine type's built-in ones, for images and `emptyDir`."""

    disk_gib: int = 200
    """Size of the boot disk in GiB; serving images are large."""

    disk_type: str | None = None
    """Type of the boot disk, such as `pd-ssd`. By default `pd-balanced`, or `hyperdisk-balanced` if the machine type
    supports nothing else."""

    disk_kms_key: Input[str] | None = None
    """Cloud KMS key that encrypts the boot disk. By default a key of Google's."""

    upgrade: GkeUpgrade | None = None
    """How nodes are upgraded. By default one is removed before its replacement is created, since spare GPUs are
    scarce."""

    repair: bool | None = None
    """Whether GKE repairs unhealthy nodes. By default yes, except for flex-start and queued nodes."""

    drain: GkeDrain = GkeDrain()
    """How nodes are drained. By default disruption budgets are respected when the pool is deleted, too."""

    secure_boot: bool = True
    """Whether nodes load only signed kernel modules. GKE's GPU driver is signed."""

    kubelet: GkeKubelet | None = None
    """How the kubelet assigns CPUs, memory and devices. By default without regard to NUMA nodes."""

    max_run_seconds: int | None = None
    """How many seconds a node may run. By default as long as it is needed; seven days for flex-start."""

    max_pods: int | None = None
    """Maximum number of pods of a node, 8 to 256. By default the cluster's, usually 110. Fewer pods need fewer IP
    addresses."""

    service_account: Input[str] | None = None
    """E-mail address of the nodes' service account. By default one is created that may only write logs and metrics and
    pull images."""

    labels: dict[str, str] = {}
    """Node labels in addition to GKE's own."""

    taints: list[NodeTaint] = []
    """Taints in addition to the GPU taint, `nvidia.com/gpu=present:NoSchedule`."""

    tags: list[str] = []
    """Network tags, for firewall rules."""

    resource_labels: dict[str, str] = {}
    """Labels of the VMs and disks, for billing reports."""

    catalogue: CatalogueArgument = BUILT_IN
    """Catalogue of machine types and accelerators. By default the built-in one."""
