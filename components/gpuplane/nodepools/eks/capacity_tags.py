"""Tags that tell the cluster autoscaler what new nodes will offer beyond their machine type."""

from gpuplane.hardware import EFA_RESOURCE, GPU_RESOURCE, HUGE_PAGES_RESOURCE, mig_resource
from gpuplane.nodepools.ec2.fields import EksOs
from gpuplane.nodepools.eks.args import EksGpuPoolShape
from gpuplane.nodepools.facts import PoolFacts

_PREFIX = "k8s.io/cluster-autoscaler/node-template/resources/"


def capacity_tags(args: EksGpuPoolShape, pool: PoolFacts) -> dict[str, str]:
    """Return the tags of the Auto Scaling group that let the autoscaler scale up from zero.

    Partitions are tagged under both resource names, since the operator's MIG strategy decides which one nodes use.
    Source: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md

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
