"""The inputs of an EKS cluster and of its CPU nodes."""

from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.clusters.eks.args import EksClusterArgs
from gpuplane.clusters.eks.fields import CPU_MIN_NODES
from gpuplane.platforms import Platform

_CPU_AMI_TYPES = {"amd64": "AL2023_x86_64_STANDARD", "arm64": "AL2023_ARM_64_STANDARD"}
_CPU_DISK_GIB = 50


def eks_identifier(region: str, cluster: str) -> str:
    """Return the identifier of a cluster, known before the cluster exists."""
    return f"eks/{region}/{cluster}"


def cluster_inputs(args: EksClusterArgs, key_arn: Input[str]) -> dict[str, Any]:
    """Return the inputs of the cluster, without its name and role."""
    return {
        **({"version": args.version} if args.version else {}),
        "vpcConfig": {
            "subnetIds": args.subnet_ids,
            "endpointPrivateAccess": True,
            "endpointPublicAccess": args.public_cidrs != [],
            **({"publicAccessCidrs": args.public_cidrs} if args.public_cidrs else {}),
        },
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
        "bootstrapSelfManagedAddons": False,
        "enabledClusterLogTypes": [log.value for log in args.logs],
        "encryptionConfig": {"provider": {"keyArn": key_arn}, "resources": ["secrets"]},
        "deletionProtection": args.deletion_protection,
    }


def cpu_template_inputs(name: str) -> dict[str, Any]:
    """Return the launch template of the CPU nodes: an encrypted disk, and metadata that containers cannot reach."""
    disk = {"volumeSize": _CPU_DISK_GIB, "volumeType": "gp3", "encrypted": "true", "deleteOnTermination": "true"}
    return {
        "description": f"CPU nodes of the EKS cluster {name}",
        "updateDefaultVersion": True,
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": disk}],
        "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1},
    }


def cpu_node_group_inputs(args: EksClusterArgs) -> dict[str, Any]:
    """Return the inputs of the CPU node group, without its cluster, role and launch template."""
    return {
        "subnetIds": args.subnet_ids,
        "amiType": _CPU_AMI_TYPES[args.catalogue.machine(Platform.EKS, args.cpu_instance_type).architecture],
        "instanceTypes": [args.cpu_instance_type],
        "scalingConfig": {"minSize": CPU_MIN_NODES, "maxSize": args.cpu_max_nodes, "desiredSize": CPU_MIN_NODES},
        "updateConfig": {"maxUnavailable": 1},
        "nodeRepairConfig": {"enabled": True},
    }
