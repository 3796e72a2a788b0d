"""The NodePool and the EC2NodeClass of a GPU node pool of Karpenter."""

from typing import Any

from gpuplane import platforms
from gpuplane.arguments.inputs import Input
from gpuplane.nodepools.ec2.fields import EksOs
from gpuplane.nodepools.ec2.inputs import DATA_VOLUME, METADATA_OPTIONS, SYSTEM_VOLUMES
from gpuplane.nodepools.facts import GPU_PRESENT_LABEL
from gpuplane.nodepools.karpenter.args import KarpenterGpuNodePoolArgs, KarpenterGpuPoolShape
from gpuplane.nodepools.karpenter.fields import Consolidation, Disruption
from gpuplane.nodepools.karpenter.rules import chosen
from gpuplane.nodepools.taints import GPU_TAINT
from gpuplane.platforms import Platform

NODE_POOL = ("karpenter.sh/v1", "NodePool")
NODE_CLASS = ("karpenter.k8s.aws/v1", "EC2NodeClass")

_POLICIES = {
    Consolidation.WHEN_EMPTY: "WhenEmpty",
    Consolidation.WHEN_EMPTY_OR_UNDERUTILIZED: "WhenEmptyOrUnderutilized",
}
_FAMILIES = {EksOs.AL2023: "AL2023", EksOs.BOTTLEROCKET: "Bottlerocket"}
_SYSTEM_GIB = 4


def node_pool(name: str, node_class: Input[str], args: KarpenterGpuPoolShape) -> dict[str, Any]:
    """Return the NodePool: which nodes Karpenter may create, how many, and when it deletes them.

    Source: https://karpenter.sh/docs/concepts/nodepools/

    Args:
        name: The pool's name, and the object's.
        node_class: Name of its EC2NodeClass.
        args: Its arguments.
    """
    group, kind = NODE_CLASS[0].partition("/")[0], NODE_CLASS[1]
    return {
        "apiVersion": NODE_POOL[0],
        "kind": NODE_POOL[1],
        "metadata": {"name": name},
        "spec": {
            "template": {
                "metadata": {
                    "labels": {
                        # NVIDIA's device plugin selects this label; Bottlerocket has a plugin built in.
                        **({} if args.os is EksOs.BOTTLEROCKET else {GPU_PRESENT_LABEL: "true"}),
                        platforms.facts(Platform.EKS).accelerator_label: args.accelerator,
                        **args.labels,
                    }
                },
                "spec": {
                    "nodeClassRef": {"group": group, "kind": kind, "name": node_class},
                    "requirements": _requirements(args),
                    "taints": [taint.plain for taint in (GPU_TAINT, *args.taints)],
                    "expireAfter": _hours(args.disruption.expire_after_hours),
                },
            },
            "limits": {"nvidia.com/gpu": str(args.max_nodes * args.gpus_per_node)},
            "disruption": _disruption(args.disruption),
            **({"weight": args.weight} if args.weight is not None else {}),
        },
    }


def _requirements(args: KarpenterGpuPoolShape) -> list[dict[str, Any]]:
    machines = chosen(args)
    wanted = {
        "karpenter.sh/capacity-type": [kind.value for kind in args.capacity_type],
        "node.kubernetes.io/instance-type": [known.name for known in machines],
        "kubernetes.io/arch": sorted({known.architecture for known in machines}),
        "kubernetes.io/os": ["linux"],
    }
    return [{"key": key, "operator": "In", "values": values} for key, values in wanted.items()]


def _disruption(disruption: Disruption) -> dict[str, Any]:
    return {
        "consolidationPolicy": _POLICIES[disruption.consolidation],
        "consolidateAfter": f"{disruption.consolidate_after_seconds}s",
        "budgets": [{"nodes": str(disruption.max_nodes)}],
    }


def _hours(hours: int | None) -> str:
    return "Never" if hours is None else f"{hours}h"


def node_class(name: str, args: KarpenterGpuNodePoolArgs, role: Input[str]) -> dict[str, Any]:
    """Return the EC2NodeClass: image, disks, network and role of the nodes.

    Source: https://karpenter.sh/docs/concepts/nodeclasses/

    Args:
        name: The pool's name, and the object's.
        args: Its arguments.
        role: Name of the nodes' IAM role.
    """
    groups = [args.cluster_security_group_id, *args.security_group_ids]
    subnets = [{"id": one} for one in args.subnet_ids] or [{"tags": args.subnet_tags}]
    return {
        "apiVersion": NODE_CLASS[0],
        "kind": NODE_CLASS[1],
        "metadata": {"name": name},
        "spec": {
            "amiFamily": _FAMILIES[args.os],
            "amiSelectorTerms": [{"id": one} for one in args.ami_ids] or [{"alias": f"{args.os.value}@{args.release}"}],
            "role": role,
            "subnetSelectorTerms": subnets,
            "securityGroupSelectorTerms": [{"id": one} for one in groups],
            **(
                {"capacityReservationSelectorTerms": [{"id": one} for one in args.reservation_ids]}
                if args.reservation_ids
                else {}
            ),
            "blockDeviceMappings": _volumes(args),
            **({"instanceStorePolicy": "RAID0"} if args.instance_store else {}),
            "metadataOptions": METADATA_OPTIONS,
            "detailedMonitoring": True,
            "tags": {"Name": name},
        },
    }


def _volumes(args: KarpenterGpuNodePoolArgs) -> list[dict[str, Any]]:
    encrypted = {
        "volumeType": "gp3",
        "encrypted": True,
        "deleteOnTermination": True,
        **({"kmsKeyID": args.disk_kms_key} if args.disk_kms_key is not None else {}),
    }
    system, data = SYSTEM_VOLUMES[args.os], DATA_VOLUME[args.os]
    return [
        *({"deviceName": device, "ebs": {**encrypted, "volumeSize": f"{_SYSTEM_GIB}Gi"}} for device in system),
        # Karpenter computes nodes' ephemeral storage from the root volume.
        {"deviceName": data, "ebs": {**encrypted, "volumeSize": f"{args.disk_gib}Gi"}, "rootVolume": True},
    ]
