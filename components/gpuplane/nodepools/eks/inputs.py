"""What an EKS GPU node group's arguments decide: its inputs, and the facts that workloads need."""

from typing import Any

from gpuplane import platforms
from gpuplane.hardware import advertised, device_memory_mib, efa_huge_pages_mib
from gpuplane.hardware.ami_types import AmiType, gpu_ami
from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs, EksGpuPoolShape
from gpuplane.nodepools.eks.partitions import partition_labels, sharing
from gpuplane.nodepools.eks.parts import EksCapacityType, EksOs, NodeRepair
from gpuplane.nodepools.eks.rules import GPU_PRESENT_LABEL
from gpuplane.nodepools.eks.template import has_machine_type, interface_types
from gpuplane.nodepools.facts import EFA_PRESENT_LABEL, PoolFacts
from gpuplane.nodepools.taints import GPU_TAINT
from gpuplane.platforms import Platform

CAPACITY_TYPES = {
    EksCapacityType.ON_DEMAND: "ON_DEMAND",
    EksCapacityType.SPOT: "SPOT",
    EksCapacityType.RESERVATION: "ON_DEMAND",
    EksCapacityType.CAPACITY_BLOCK: "CAPACITY_BLOCK",
}
SELF_ONLY = {"fromPort": 0, "toPort": 0, "protocol": "-1", "self": True}


def ami(args: EksGpuPoolShape) -> AmiType:
    """The AMI type of a pool whose arguments have no problems."""
    found = gpu_ami(args.os.value, args.catalogue.machine(Platform.EKS, args.machine_type), args.fips)
    assert found, "the rules hold that there is one"
    return found


def facts(name: str, args: EksGpuPoolShape) -> PoolFacts:
    """What workloads need to know of the pool, from its arguments alone."""
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


def group_inputs(name: str, args: EksGpuNodePoolArgs) -> dict[str, Any]:
    """The inputs of the node group, but for its role and launch template."""
    pool = facts(name, args)
    return {
        "clusterName": args.cluster,
        "subnetIds": args.subnet_ids,
        "amiType": ami(args).name,
        **({"version": args.kubernetes_version} if args.kubernetes_version else {}),
        **({"releaseVersion": args.release_version} if args.release_version else {}),
        **({} if has_machine_type(args) else {"instanceTypes": [args.machine_type, *args.alternative_machine_types]}),
        "capacityType": CAPACITY_TYPES[args.capacity_type],
        "scalingConfig": {
            "minSize": args.min_nodes,
            "maxSize": args.max_nodes,
            "desiredSize": args.min_nodes,
        },
        "updateConfig": {
            "maxUnavailable": args.update.max_unavailable,
            "updateStrategy": args.update.strategy.name,
        },
        "nodeRepairConfig": _repair(args.repair),
        "labels": {
            # It leads NVIDIA's device plugin here, which on Bottlerocket would be the second one.
            **({GPU_PRESENT_LABEL: "true"} if pool.advertiser == "nvidia-device-plugin" else {}),
            **({EFA_PRESENT_LABEL: "true"} if pool.efa_interfaces else {}),
            platforms.facts(Platform.EKS).accelerator_label: pool.accelerator,
            **partition_labels(args),
            **args.labels,
        },
        "taints": [taint.for_cloud for taint in (GPU_TAINT, *args.taints)],
    }


def efa_security_group_inputs(name: str, vpc_id: Any) -> dict[str, Any]:
    """The inputs of the security group of EFA, whose traffic has to be allowed by name both ways.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html#efa-start-security
    """
    return {
        "description": f"EFA between the nodes of the GPU pool {name}",
        "vpcId": vpc_id,
        "ingress": [SELF_ONLY],
        "egress": [SELF_ONLY],
    }


def _repair(repair: NodeRepair) -> dict[str, Any]:
    return {
        "enabled": repair.enabled,
        **({"maxUnhealthyNodeThresholdCount": repair.max_unhealthy_nodes} if repair.max_unhealthy_nodes else {}),
        **({"maxParallelNodesRepairedCount": repair.max_parallel_nodes} if repair.max_parallel_nodes else {}),
        **({"nodeRepairConfigOverrides": overrides} if (overrides := _overrides(repair)) else {}),
    }


def _overrides(repair: NodeRepair) -> list[dict[str, Any]]:
    return [
        {
            "nodeMonitoringCondition": one.condition.value,
            "nodeUnhealthyReason": one.reason,
            "minRepairWaitTimeMins": one.wait_minutes,
            "repairAction": one.action.value,
        }
        for one in repair.overrides
    ]
