"""What the cluster autoscaler is told of nodes that are still to come: what their machine type does not say."""

from gpuplane.hardware import EFA_RESOURCE, GPU_RESOURCE, HUGE_PAGES_RESOURCE, mig_resource
from gpuplane.nodepools.ec2.fields import EksOs
from gpuplane.nodepools.eks.args import EksGpuPoolShape
from gpuplane.nodepools.facts import PoolFacts

_PREFIX = "k8s.io/cluster-autoscaler/node-template/resources/"


def capacity_tags(args: EksGpuPoolShape, pool: PoolFacts) -> dict[str, str]:
    """The tags of the Auto Scaling group by which the autoscaler knows what a node will show while there is none.

    Of partitions both names that they may be shown by: which one it is, the operator's strategy decides. Source:
    https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md

    Args:
        args: The pool's arguments.
        pool: Its facts.
    """
    shown = {**_partitions(args, pool), **_efa(pool)}
    return {f"{_PREFIX}{name}": amount for name, amount in shown.items()}


def _partitions(args: EksGpuPoolShape, pool: PoolFacts) -> dict[str, str]:
    if not args.partition_size:
        return {}
    is_mixed_possible = args.os is EksOs.AL2023
    names = [GPU_RESOURCE, *([mig_resource(args.partition_size)] if is_mixed_possible else [])]
    return dict.fromkeys(names, str(pool.gpus_per_node))


def _efa(pool: PoolFacts) -> dict[str, str]:
    return {
        **({EFA_RESOURCE: str(pool.efa_interfaces)} if pool.efa_interfaces else {}),
        **({HUGE_PAGES_RESOURCE: f"{pool.huge_pages_mib}Mi"} if pool.huge_pages_mib else {}),
    }
