"""What a workload needs to know about a GPU node pool to be scheduled on it, on any cloud."""

from typing import Any

from pydantic import Field

from gpuplane.arguments.base import Args
from gpuplane.hardware import BUILT_IN
from gpuplane.hardware.argument import CatalogueArgument
from gpuplane.platforms import Platform, facts

GPU_TAINT_KEY = "nvidia.com/gpu"
GPU_TAINT_VALUE = "present"
# NVIDIA's device plugin selects nodes by this label.
GPU_PRESENT_LABEL = "nvidia.com/gpu.present"

COMPUTE_CLASS_LABEL = "cloud.google.com/compute-class"

# Tells the MIG manager of NVIDIA's GPU operator how to partition the GPUs of a node.
MIG_CONFIG_LABEL = "nvidia.com/mig.config"

GPU_TOLERATION = {"key": GPU_TAINT_KEY, "operator": "Exists", "effect": "NoSchedule"}

# For workloads that run on every GPU node, whatever the taints of its pool.
TOLERATE_ALL: dict[str, str] = {"operator": "Exists"}

# The taint of Arm nodes, on platforms that taint them.
ARM_TOLERATION = {"key": "kubernetes.io/arch", "operator": "Equal", "value": "arm64", "effect": "NoSchedule"}

# Selects the nodes of AWS's EFA device plugin: those with EFA interfaces, as in AWS's own patterns. Source:
# https://github.com/aws-ia/terraform-aws-eks-blueprints/tree/main/patterns/nvidia-gpu-efa
EFA_PRESENT_LABEL = "vpc.amazonaws.com/efa.present"


def _as_many(earlier: dict[str, Any]) -> int:
    return earlier["gpus_per_node"]


class PoolFacts(Args):
    """The facts of one pool: plain values, known before it exists."""

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
    """How many of `resource_name` pods can request on one node; each partition and each share of a GPU counts."""

    physical_gpus_per_node: int = Field(default_factory=_as_many)
    """Physical GPUs of one node. By default `gpus_per_node`: none is shared or partitioned."""

    resource_name: str = "nvidia.com/gpu"
    """The extended resource that pods request, such as `nvidia.com/gpu.shared` or `nvidia.com/mig-1g.5gb`."""

    max_gpus_per_container: int | None = None
    """How many of it one container may request: 1 where GPUs are shared or partitioned. By default all of a node."""

    accelerator_memory_mib: int | None = None
    """Memory in MiB of one GPU, or of one partition where GPUs are partitioned, or of a share where MPS
    isolates clients; containers that time-share a GPU share its memory. By default unknown."""

    mig_profile: str = ""
    """MIG profile that each GPU is partitioned by, such as `1g.5gb`. By default GPUs are not partitioned."""

    efa_interfaces: int = 0
    """EFA interfaces of one node that pods can request as `vpc.amazonaws.com/efa`. By default none."""

    huge_pages_mib: int = 0
    """Memory in MiB of one node that is set aside as huge pages, which pods request as `hugepages-2Mi`. By default
    none."""

    labels: dict[str, str] = {}
    """Node labels of the pool in addition to those of the platform and gpuplane."""

    taints: list[dict[str, str]] = []
    """Taints of the pool in addition to the GPU taint, each with its key, value and effect."""

    queued: bool = False
    """Whether nodes are created only for a ProvisioningRequest, such as Kueue's for a job, not for pending pods."""

    selector: dict[str, str] = {}
    """Node labels that a pod has to select in addition to the accelerator's, such as the partition size's."""

    min_nodes: int
    """Minimum number of nodes over all zones."""

    max_nodes: int
    """Maximum number of nodes over all zones."""

    advertiser: str
    """What advertises the GPUs to the kubelet: `gke` (its managed plugin) or `nvidia-device-plugin`."""

    catalogue: CatalogueArgument = BUILT_IN
    """Catalogue that its machine type and accelerator are looked up in. By default the built-in one."""

    @property
    def node_selector(self) -> dict[str, str]:
        """The node labels that select this pool's accelerator, shared or partitioned as in this pool."""
        return {facts(self.platform).accelerator_label: self.accelerator, **self.selector}

    @property
    def tolerations(self) -> list[dict[str, str]]:
        """The tolerations that a pod needs: of the GPU taint, of GKE's taints on Arm machines and on the nodes of a
        ComputeClass, and of the pool's own taints.

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
        """How many of `resource_name` pods can request in the pool at its maximum size."""
        return self.gpus_per_node * self.max_nodes
