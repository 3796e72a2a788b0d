"""What workloads need to know of an EKS GPU node group."""

from gpuplane.hardware import advertised, device_memory_mib, efa_huge_pages_mib
from gpuplane.hardware.ami_types import AmiType, gpu_ami
from gpuplane.nodepools.ec2.fields import EksOs
from gpuplane.nodepools.eks.args import EksGpuPoolShape
from gpuplane.nodepools.eks.interfaces import interface_types
from gpuplane.nodepools.eks.partitions import partition_labels, sharing
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.platforms import Platform


def ami(args: EksGpuPoolShape) -> AmiType:
    """Return the AMI type of a pool whose arguments have no problems."""
    found = gpu_ami(args.os.value, args.catalogue.machine(Platform.EKS, args.machine_type), args.fips)
    assert found, "the rules refuse pools without an AMI"
    return found


def facts(name: str, args: EksGpuPoolShape) -> PoolFacts:
    """Return the facts of a pool, from arguments without problems."""
    found = args.catalogue.machine(Platform.EKS, args.machine_type)
    return PoolFacts(
        name=name,
        catalogue=args.catalogue,
        platform=Platform.EKS,
        machine_type=args.machine_type,
        accelerator=str(found.accelerator),
        accelerator_memory_mib=device_memory_mib(found, sharing(args)),
        architecture=found.architecture,
        efa_interfaces=sum(kind != "interface" for kind in interface_types(found)) if args.efa else 0,
        huge_pages_mib=efa_huge_pages_mib(found) if args.efa and args.os is EksOs.AL2023 else 0,
        labels=args.labels,
        taints=[taint.plain for taint in args.taints],
        gpus_per_node=advertised(found, sharing(args)),
        physical_gpus_per_node=found.gpu_devices,
        mig_profile=args.partition_size or "",
        max_gpus_per_container=1 if args.partition_size else None,
        selector=partition_labels(args),
        min_nodes=args.min_nodes,
        max_nodes=args.max_nodes,
        advertiser=ami(args).advertiser,
    )
