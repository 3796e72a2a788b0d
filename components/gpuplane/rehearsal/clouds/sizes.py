"""What a node of a pool holds, and what of it pods may have, as its Kubernetes object says it."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from gpuplane.hardware import Machine, Resources, allocatable, capacity
from gpuplane.quantity import cpu, memory
from gpuplane.rehearsal.clouds.requests import at
from gpuplane.rehearsal.clouds.user_data import joins_disks

# Sources: https://cloud.google.com/kubernetes-engine/docs/how-to/custom-boot-disks and
# https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
GKE_DISK_GIB = 100
EKS_DISK_GIB = 20

_GIB = 2**30

Sizes = tuple[dict[str, str], dict[str, str]]
"""Capacity and allocatable, GPUs aside."""


def gke_sizes(found: Machine, inputs: Mapping[str, Any]) -> Sizes:
    """The sizes of a GKE node."""
    pods = int(at(inputs, "maxPodsPerNode", found.max_pods))
    return _sizes(dataclasses.replace(found, max_pods=pods), at(inputs, "nodeConfig.diskSizeGb", GKE_DISK_GIB))


def eks_sizes(found: Machine, inputs: Mapping[str, Any], launch_template: Mapping[str, Any]) -> Sizes:
    """The sizes of an EKS node.

    Images and pods' files are on the machine's own disks where the launch template joins these, else on the first
    volume that it gives a size, else on the node group's.
    """
    if found.local_ssd and joins_disks(launch_template):
        return _sizes(found, found.local_ssd.total_bytes // _GIB)
    devices = at(launch_template, "blockDeviceMappings", [])
    of_template = [size for device in devices if (size := at(device, "ebs.volumeSize"))]
    return _sizes(found, of_template[0] if of_template else at(inputs, "diskSize", EKS_DISK_GIB))


def _sizes(found: Machine, disk_gib: Any) -> Sizes:
    whole = int(Decimal(str(disk_gib)))
    return _written(capacity(found, whole)), _written(allocatable(found, whole))


def _written(amounts: Resources) -> dict[str, str]:
    return {
        "cpu": cpu(amounts.cpu),
        "memory": memory(amounts.memory_bytes),
        "ephemeral-storage": memory(amounts.ephemeral_storage_bytes),
        "pods": str(amounts.pods),
    }
