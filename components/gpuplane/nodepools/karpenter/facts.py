"""What workloads need to know of a GPU node pool of Karpenter."""

from gpuplane.hardware.ami_types import gpu_ami
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.nodepools.karpenter.args import KarpenterGpuPoolShape
from gpuplane.nodepools.karpenter.rules import chosen
from gpuplane.platforms import Platform


def facts(name: str, args: KarpenterGpuPoolShape) -> PoolFacts:
    """Return the facts of a pool, from arguments without problems; its machine type is the smallest candidate."""
    smallest = chosen(args)[0]
    ami = gpu_ami(args.os.value, smallest)
    return PoolFacts(
        name=name,
        catalogue=args.catalogue,
        platform=Platform.EKS,
        machine_type=smallest.name,
        accelerator=args.accelerator,
        accelerator_memory_mib=smallest.gpu_memory_mib,
        architecture=smallest.architecture,
        gpus_per_node=args.gpus_per_node,
        labels=args.labels,
        taints=[taint.plain for taint in args.taints],
        min_nodes=0,
        max_nodes=args.max_nodes,
        advertiser=ami.advertiser if ami else "nvidia-device-plugin",
    )
