"""Capacity and allocatable resources of nodes, as their Kubernetes objects show them."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from gpuplane.hardware import HUGE_PAGES_RESOURCE, Machine, Resources, allocatable, node_resources
from gpuplane.kubernetes.quantity import cpu, memory, parse
from gpuplane.simulation.inputs import at, objects
from gpuplane.simulation.nodes.user_data import joins_disks

# Sources: https://cloud.google.com/kubernetes-engine/docs/how-to/custom-boot-disks and
# https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
GKE_DISK_GIB = 100
EKS_DISK_GIB = 20

_GIB = 2**30

Sizes = tuple[dict[str, str], dict[str, str]]
"""Capacity and allocatable, GPUs aside."""


def gke_sizes(found: Machine, inputs: Mapping[str, Any]) -> Sizes:
    """Return the sizes of a GKE node."""
    pods = int(at(inputs, "maxPodsPerNode", found.max_pods))
    disk = at(inputs, "nodeConfig.diskSizeGb", GKE_DISK_GIB)
    return _sizes(dataclasses.replace(found, max_pods=pods), disk, gke_ephemeral_ssds(found, inputs))


def gke_ephemeral_ssds(found: Machine, inputs: Mapping[str, Any]) -> int:
    """Count the local SSDs for a GKE node's ephemeral storage: those of the inputs, or the built-in ones that are left.

    Source: https://cloud.google.com/kubernetes-engine/docs/concepts/local-ssd#machine-requirements
    """
    asked = at(inputs, "nodeConfig.ephemeralStorageLocalSsdConfig.localSsdCount")
    raw = at(inputs, "nodeConfig.localNvmeSsdBlockConfig.localSsdCount", 0)
    if asked is not None or raw:
        return int(asked or 0)
    return max(found.local_ssd.counts) if found.local_ssd and found.local_ssd.bundled else 0


def eks_sizes(
    found: Machine, inputs: Mapping[str, Any], launch_template: Mapping[str, Any], huge_pages_mib: int = 0
) -> Sizes:
    """Return the sizes of an EKS node, which may reserve memory for huge pages.

    Ephemeral storage is on the machine's local disks if the launch template joins them, else on the first volume with a
    size in the launch template, else on the node group's disk.
    """
    devices = at(launch_template, "blockDeviceMappings", [])
    of_template = [size for device in devices if (size := at(device, "ebs.volumeSize"))]
    disk_gib = of_template[0] if of_template else at(inputs, "diskSize", EKS_DISK_GIB)
    if found.local_ssd and joins_disks(launch_template):
        disk_gib = found.local_ssd.total_bytes // _GIB
    return _sizes(found, disk_gib, huge_pages_mib=huge_pages_mib)


def karpenter_sizes(found: Machine, node_class: Mapping[str, Any]) -> Sizes:
    """Return the sizes of a Karpenter node by the spec of its EC2NodeClass."""
    if found.local_ssd and node_class.get("instanceStorePolicy") == "RAID0":
        return _sizes(found, found.local_ssd.total_bytes // _GIB)
    sizes = [at(device, "ebs.volumeSize") for device in objects(node_class, "blockDeviceMappings")]
    return _sizes(found, max((int(parse(size)) // _GIB for size in sizes if size), default=EKS_DISK_GIB))


def _sizes(found: Machine, disk_gib: Any, local_ssds: int = 0, huge_pages_mib: int = 0) -> Sizes:
    of = (found, int(Decimal(str(disk_gib))), local_ssds, huge_pages_mib)
    return _written(node_resources(*of)), _written(allocatable(*of))


def _written(amounts: Resources) -> dict[str, str]:
    return {
        "cpu": cpu(amounts.cpu),
        "memory": memory(amounts.memory_bytes),
        "ephemeral-storage": memory(amounts.ephemeral_storage_bytes),
        "pods": str(amounts.pods),
        **({HUGE_PAGES_RESOURCE: f"{amounts.huge_pages_mib}Mi"} if amounts.huge_pages_mib else {}),
    }
