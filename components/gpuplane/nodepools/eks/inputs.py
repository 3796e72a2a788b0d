"""What an EKS GPU node group's arguments decide: its inputs, and the facts that workloads need."""

from typing import Any

from gpuplane.hardware import Platform, machine
from gpuplane.nodepools.eks.args import EksCapacity, EksGpuNodePoolArgs
from gpuplane.nodepools.facts import ACCELERATOR_LABEL, GPU_TAINT_KEY, GPU_TAINT_VALUE, PoolFacts

AMI_TYPES = {"amd64": "AL2023_x86_64_NVIDIA", "arm64": "AL2023_ARM_64_NVIDIA"}


def facts(name: str, args: EksGpuNodePoolArgs) -> PoolFacts:
    """What workloads need to know of the pool, from its arguments alone."""
    found = machine(Platform.EKS, args.machine_type)
    return PoolFacts(
        name=name,
        platform="eks",
        machine_type=args.machine_type,
        accelerator=str(found.accelerator),
        accelerator_memory_mib=found.gpu_memory_mib,
        architecture=found.architecture,
        labels=args.labels,
        gpus_per_node=found.gpu_devices,
        min_nodes=args.min_nodes,
        max_nodes=args.max_nodes,
        advertiser="nvidia-device-plugin",
    )


def template_inputs(name: str, args: EksGpuNodePoolArgs) -> dict[str, Any]:
    """The inputs of the launch template: an encrypted disk, and metadata that containers cannot reach."""
    return {
        "description": f"Nodes of the GPU pool {name}",
        "updateDefaultVersion": True,
        "blockDeviceMappings": [
            {
                "deviceName": "/dev/xvda",
                "ebs": {
                    "volumeSize": args.disk_gib,
                    "volumeType": "gp3",
                    "encrypted": "true",
                    "deleteOnTermination": "true",
                },
            }
        ],
        "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1},
        "monitoring": {"enabled": True},
        "tagSpecifications": [{"resourceType": "instance", "tags": {"Name": name}}],
    }


def group_inputs(name: str, args: EksGpuNodePoolArgs) -> dict[str, Any]:
    """The inputs of the node group, but for its role and launch template."""
    pool = facts(name, args)
    return {
        "clusterName": args.cluster,
        "subnetIds": args.subnet_ids,
        "amiType": AMI_TYPES[machine(Platform.EKS, args.machine_type).architecture],
        "instanceTypes": [args.machine_type],
        "capacityType": "SPOT" if args.capacity is EksCapacity.SPOT else "ON_DEMAND",
        "scalingConfig": {
            "minSize": args.min_nodes,
            "maxSize": args.max_nodes,
            "desiredSize": args.min_nodes,
        },
        # GPUs are scarce: an update takes a node away before it asks for its successor.
        "updateConfig": {"maxUnavailable": 1, "updateStrategy": "MINIMAL"},
        "nodeRepairConfig": {"enabled": True},
        "labels": {
            "nvidia.com/gpu.present": "true",
            ACCELERATOR_LABEL["eks"]: pool.accelerator,
            **args.labels,
        },
        "taints": [{"key": GPU_TAINT_KEY, "value": GPU_TAINT_VALUE, "effect": "NO_SCHEDULE"}],
    }
