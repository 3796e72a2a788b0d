"""The launch template of an EKS GPU node group: disks, network interfaces, reservation, and first start."""

import base64
from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.hardware import Machine
from gpuplane.nodepools.ec2.fields import EksOs
from gpuplane.nodepools.ec2.inputs import DATA_VOLUME, METADATA_OPTIONS, SYSTEM_VOLUMES
from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs
from gpuplane.nodepools.eks.fields import EksCapacityType
from gpuplane.nodepools.eks.interfaces import interface_types
from gpuplane.nodepools.eks.partitions import bottlerocket_settings
from gpuplane.nodepools.eks.rules import RESERVED
from gpuplane.platforms import Platform

# Source: https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/#localstorageoptions
_AL2023_RAID0 = """MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: application/node.eks.aws

---
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  instance:
    localStorage:
      strategy: RAID0

--//--
"""

# Source: https://bottlerocket.dev/en/os/latest/#/api/settings/bootstrap-commands/
_BOTTLEROCKET_RAID0 = """[settings.bootstrap-commands.instance-store]
commands = [
  ["apiclient", "ephemeral-storage", "init"],
  ["apiclient", "ephemeral-storage", "bind", "--dirs", "/var/lib/containerd", "/var/lib/kubelet", "/var/log/pods"],
]
essential = true
mode = "always"
"""

_RAID0 = {EksOs.AL2023: _AL2023_RAID0, EksOs.BOTTLEROCKET: _BOTTLEROCKET_RAID0}


def template_inputs(
    name: str,
    args: EksGpuNodePoolArgs,
    efa_security_group: Input[str] | None = None,
    placement_group: Input[str] | None = None,
) -> dict[str, Any]:
    """Return the inputs of the launch template.

    Args:
        name: The pool's name.
        args: Its arguments.
        efa_security_group: Id of EFA's security group; None without EFA.
        placement_group: Name of the placement group; None without one.
    """
    found = args.catalogue.machine(Platform.EKS, args.machine_type)
    return {
        "description": f"Nodes of the GPU pool {name}",
        # A new name replaces the template, and a new template the group: no node changes its machine type under
        # the old labels, and no GPU is partitioned while in use.
        "namePrefix": "-".join([name, args.machine_type, *(["efa"] if args.efa else []), *_cut(args), ""]),
        "updateDefaultVersion": True,
        "blockDeviceMappings": _volumes(args),
        "metadataOptions": METADATA_OPTIONS,
        "monitoring": {"enabled": True},
        "tagSpecifications": [{"resourceType": kind, "tags": {"Name": name}} for kind in ("instance", "volume")],
        **_first_start(args, found),
        **_market(args),
        **_network(args, found, efa_security_group),
        **({"placement": {"groupName": placement_group}} if placement_group is not None else {}),
    }


def has_machine_type(args: EksGpuNodePoolArgs) -> bool:
    """Return whether EKS wants the machine type in the launch template instead of the node group.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/capacity-blocks-mng.html
    """
    return args.efa is not None or args.capacity_type is EksCapacityType.CAPACITY_BLOCK


def _volumes(args: EksGpuNodePoolArgs) -> list[dict[str, Any]]:
    encrypted = {
        "volumeType": "gp3",
        "encrypted": "true",
        "deleteOnTermination": "true",
        **({"kmsKeyId": args.disk_kms_key} if args.disk_kms_key is not None else {}),
    }
    return [
        *({"deviceName": device, "ebs": encrypted} for device in SYSTEM_VOLUMES[args.os]),
        {"deviceName": DATA_VOLUME[args.os], "ebs": {**encrypted, "volumeSize": args.disk_gib}},
    ]


def _cut(args: EksGpuNodePoolArgs) -> list[str]:
    return [args.partition_size.replace("+", "-")] if args.partition_size else []


def _first_start(args: EksGpuNodePoolArgs, found: Machine) -> dict[str, Any]:
    parts = [_RAID0[args.os]] if args.instance_store and found.local_ssd else []
    if args.partition_size and args.os is EksOs.BOTTLEROCKET:
        parts.append(bottlerocket_settings(found, args.partition_size))
    return {"userData": base64.b64encode("\n".join(parts).encode()).decode()} if parts else {}


def _market(args: EksGpuNodePoolArgs) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    if has_machine_type(args):
        inputs["instanceType"] = args.machine_type
    if args.capacity_type is EksCapacityType.CAPACITY_BLOCK:
        inputs["instanceMarketOptions"] = {"marketType": "capacity-block"}
    if args.capacity_type in RESERVED and args.reservation:
        one, group = args.reservation.id, args.reservation.resource_group_arn
        inputs["capacityReservationSpecification"] = {
            "capacityReservationPreference": "capacity-reservations-only",
            "capacityReservationTarget": {
                **({"capacityReservationId": one} if one is not None else {}),
                **({"capacityReservationResourceGroupArn": group} if group is not None else {}),
            },
        }
    return inputs


def _network(args: EksGpuNodePoolArgs, found: Machine, efa_security_group: Input[str] | None) -> dict[str, Any]:
    if not args.efa:
        # Without security groups in the template, EKS attaches the cluster's.
        groups = [args.cluster_security_group_id, *args.security_group_ids] if args.security_group_ids else []
        return {"vpcSecurityGroupIds": groups} if groups else {}
    groups = [args.cluster_security_group_id, efa_security_group, *args.security_group_ids]
    return {
        "networkInterfaces": [
            {
                "networkCardIndex": card,
                "deviceIndex": 0,
                "interfaceType": kind,
                "securityGroups": groups,
                "deleteOnTermination": "true",
            }
            for card, kind in enumerate(interface_types(found))
        ]
    }
