"""What a workload needs to know of a GPU node pool to land on it, whichever cloud made it."""

from gpuplane.args import Args

GPU_TAINT_KEY = "nvidia.com/gpu"
GPU_TAINT_VALUE = "present"

# The label each platform's own autoscaler reads to know which accelerator a node has. Sources:
# https://cloud.google.com/kubernetes-engine/docs/how-to/gpus and the cluster-autoscaler's AWS documentation.
ACCELERATOR_LABEL = {"gke": "cloud.google.com/gke-accelerator", "eks": "k8s.amazonaws.com/accelerator"}


class PoolFacts(Args):
    """The facts of one pool, plain and known before it exists."""

    name: str
    """Logical name of the pool."""

    platform: str
    """`gke` or `eks`."""

    machine_type: str
    """GCE machine type or EC2 instance type."""

    accelerator: str
    """The accelerator as the platform's node label spells it, such as `nvidia-tesla-t4`."""

    gpus_per_node: int
    """GPUs that one node advertises."""

    resource_name: str = "nvidia.com/gpu"
    """The extended resource that pods ask for."""

    min_nodes: int
    """Fewest nodes over all zones."""

    max_nodes: int
    """Most nodes over all zones."""

    advertiser: str
    """Who advertises the GPUs to the kubelet: `gke` (its managed plugin) or `nvidia-device-plugin`."""

    @property
    def node_selector(self) -> dict[str, str]:
        """The node labels that lead to this pool's kind of accelerator."""
        return {ACCELERATOR_LABEL[self.platform]: self.accelerator}

    @property
    def max_gpus(self) -> int:
        """GPUs of the pool at its largest."""
        return self.gpus_per_node * self.max_nodes
