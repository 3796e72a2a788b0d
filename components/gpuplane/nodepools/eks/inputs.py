"""The inputs of an EKS GPU node group and of its security group."""

from typing import Any

from gpuplane import platforms
from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs
from gpuplane.nodepools.eks.facts import ami, facts
from gpuplane.nodepools.eks.fields import EksCapacityType
from gpuplane.nodepools.eks.maintenance import NodeRepair
from gpuplane.nodepools.eks.partitions import partition_labels
from gpuplane.nodepools.eks.template import has_machine_type
from gpuplane.nodepools.facts import EFA_PRESENT_LABEL, GPU_PRESENT_LABEL
from gpuplane.nodepools.taints import GPU_TAINT
from gpuplane.platforms import Platform

CAPACITY_TYPES = {
    EksCapacityType.ON_DEMAND: "ON_DEMAND",
    EksCapacityType.SPOT: "SPOT",
    EksCapacityType.RESERVATION: "ON_DEMAND",
    EksCapacityType.CAPACITY_BLOCK: "CAPACITY_BLOCK",
}
SELF_ONLY = {"fromPort": 0, "toPort": 0, "protocol": "-1", "self": True}


def group_inputs(name: str, args: EksGpuNodePoolArgs) -> dict[str, Any]:
    """Return the inputs of the node group, without its role and launch template."""
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
            # NVIDIA's device plugin selects this label; Bottlerocket has a plugin built in.
            **({GPU_PRESENT_LABEL: "true"} if pool.advertiser == "nvidia-device-plugin" else {}),
            **({EFA_PRESENT_LABEL: "true"} if pool.efa_interfaces else {}),
            platforms.facts(Platform.EKS).accelerator_label: pool.accelerator,
            **partition_labels(args),
            **args.labels,
        },
        "taints": [taint.for_cloud for taint in (GPU_TAINT, *args.taints)],
    }


def efa_security_group_inputs(name: str, vpc_id: Any) -> dict[str, Any]:
    """Return the inputs of EFA's security group, which has to allow traffic to and from itself.

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
