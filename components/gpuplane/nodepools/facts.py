"""What a workload needs to know of a GPU node pool to land on it, whichever cloud made it."""

from typing import Any

from pydantic import Field

from gpuplane.arguments.base import Args
from gpuplane.hardware import BUILT_IN
from gpuplane.hardware.argument import CatalogueArgument
from gpuplane.platforms import Platform, facts

GPU_TAINT_KEY = "nvidia.com/gpu"
GPU_TAINT_VALUE = "present"
COMPUTE_CLASS_LABEL = "cloud.google.com/compute-class"

# By which the MIG manager of NVIDIA's GPU operator cuts the GPUs of a node.
MIG_CONFIG_LABEL = "nvidia.com/mig.config"

GPU_TOLERATION = {"key": GPU_TAINT_KEY, "operator": "Exists", "effect": "NoSchedule"}

# What runs on every GPU node, whatever taints its pool was given.
TOLERATE_ALL: dict[str, str] = {"operator": "Exists"}

# The taint of Arm nodes, on platforms that taint them.
ARM_TOLERATION = {"key": "kubernetes.io/arch", "operator": "Equal", "value": "arm64", "effect": "NoSchedule"}

# What leads AWS's EFA device plugin to nodes with EFA interfaces, as in AWS's own patterns. Source:
# https://github.com/aws-ia/terraform-aws-eks-blueprints/tree/main/patterns/nvidia-gpu-efa
EFA_PRESENT_LABEL = "vpc.amazonaws.com/efa.present"


def _as_many(earlier: dict[str, Any]) -> int:
    return earlier["gpus_per_node"]


class PoolFacts(Args):
    """The facts of one pool, plain and known before it exists."""

    name: str
    """Logical name of the pool."""

    platform: Platform
    """`gke` or `eks`."""

    machine_type: str
    """GCE machine type or EC2 instance type."""

    accelerator: str
    """The accelerator as the platform's node label spells it, such as `nvidia-tesla-t4`."""

    architecture: str = "amd64"
    """`amd64` or `arm64`, as in the node label `kubernetes.io/arch`: images have to be built for it."""

    gpus_per_node: int
    """What one node has of `resource_name` for pods to ask for; shares of a GPU and its partitions each count."""

    physical_gpus_per_node: int = Field(default_factory=_as_many)
    """GPUs that one node is paid for. By default as many as pods may ask for: none is shared or partitioned."""

    resource_name: str = "nvidia.com/gpu"
    """The extended resource that pods ask for, such as `nvidia.com/gpu.shared` or `nvidia.com/mig-1g.5gb`."""

    max_gpus_per_container: int | None = None
    """The most of it that one container may ask for: 1 where GPUs are shared or partitioned. By default all that a
    node has."""

    accelerator_memory_mib: int | None = None
    """Memory in MiB of one GPU, or of one partition where GPUs are partitioned, or of a share where MPS keeps clients
    apart; containers that share a GPU by time share its memory. By default unknown."""

    mig_profile: str = ""
    """MIG profile that each GPU is cut by, such as `1g.5gb`. By default GPUs are whole."""

    efa_interfaces: int = 0
    """EFA interfaces of one node that pods may ask for as `vpc.amazonaws.com/efa`. By default none."""

    huge_pages_mib: int = 0
    """Memory in MiB of one node that is set aside as huge pages, which pods ask for as `hugepages-2Mi`. By default
    none."""

    labels: dict[str, str] = {}
    """Node labels that the pool was given beside the platform's and gpuplane's own."""

    taints: list[dict[str, str]] = []
    """Taints that the pool has beside the GPU's own, each with its key, value and effect."""

    queued: bool = False
    """Whether its nodes come for a ProvisioningRequest, such as Kueue's for a job, and for no pod that merely waits."""

    selector: dict[str, str] = {}
    """Node labels that a pod has to select beside the accelerator's, such as those of a partition's size."""

    min_nodes: int
    """Fewest nodes over all zones."""

    max_nodes: int
    """Most nodes over all zones."""

    advertiser: str
    """Who advertises the GPUs to the kubelet: `gke` (its managed plugin) or `nvidia-device-plugin`."""

    catalogue: CatalogueArgument = BUILT_IN
    """The machine types and accelerators that its own are looked up in. By default gpuplane's own."""

    @property
    def node_selector(self) -> dict[str, str]:
        """The node labels that lead to this pool's kind of accelerator, shared or partitioned as it is here."""
        return {facts(self.platform).accelerator_label: self.accelerator, **self.selector}

    @property
    def tolerations(self) -> list[dict[str, str]]:
        """What lets a pod onto the pool's nodes: the GPU taint, those that GKE puts on Arm machines and on the nodes of
        a ComputeClass, and the pool's own.

        Source: https://cloud.google.com/kubernetes-engine/docs/concepts/about-custom-compute-classes
        """
        is_tainted = facts(self.platform).taints_arm_nodes and self.architecture == "arm64"
        of_class = {"key": COMPUTE_CLASS_LABEL, "operator": "Equal", "effect": "NoSchedule"}
        chosen = self.selector.get(COMPUTE_CLASS_LABEL)
        own = [{"operator": "Equal", **taint} for taint in self.taints]
        return [
            GPU_TOLERATION,
            *([ARM_TOLERATION] if is_tainted else []),
            *([{**of_class, "value": chosen}] if chosen else []),
            *own,
        ]

    @property
    def max_gpus(self) -> int:
        """What pods may ask for in the pool at its largest."""
        return self.gpus_per_node * self.max_nodes
