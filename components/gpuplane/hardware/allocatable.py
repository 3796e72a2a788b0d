"""The resources of a node, and those that are allocatable once the platform has reserved its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from gpuplane.hardware.model import Machine
from gpuplane.platforms import Platform

_MIB, _GIB = Decimal(1024**2), Decimal(1024**3)

# The share of each further core, and of each further GiB, that a node keeps. GKE's numbers, the CPU ones also EKS's.
# Sources: https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes and
# https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go
_CPU_TIERS = ((Decimal(1), "0.06"), (Decimal(1), "0.01"), (Decimal(2), "0.005"), (Decimal("Infinity"), "0.0025"))
_GKE_MEMORY_TIERS = (
    (4 * _GIB, "0.25"),
    (4 * _GIB, "0.2"),
    (8 * _GIB, "0.1"),
    (112 * _GIB, "0.06"),
    (Decimal("Infinity"), "0.02"),
)
_EVICTION_BYTES = 100 * _MIB

# What GKE keeps of a shared-core E2 machine's CPU, in all. Source: the page above.
_SHARED_CORE_CPU = Decimal("1.06")

# What GKE keeps of local SSDs that hold ephemeral storage, by their number; 100 GiB of more. Source: the page above.
_LOCAL_SSD_KEPT_GIB = {1: 50, 2: 75}

# What the hypervisor keeps of an EC2 machine's nominal memory, as Karpenter assumes by default. Source:
# https://karpenter.sh/docs/reference/settings, VM_MEMORY_OVERHEAD_PERCENT
_EC2_OVERHEAD = Decimal("0.075")

# What the kernel of an arm64 machine keeps beside it. Source:
# https://github.com/aws/karpenter-provider-aws/blob/main/pkg/providers/instancetype/types.go
_EC2_ARM64_BYTES = 64 * _MIB


@dataclass(frozen=True)
class Resources:
    """Amounts of one node.

    Attributes:
        cpu: Cores.
        memory_bytes: Memory in bytes.
        ephemeral_storage_bytes: The root disk in bytes.
        pods: Pods.
        huge_pages_mib: Memory in MiB that is set aside as huge pages of 2 MiB.
    """

    cpu: Decimal
    memory_bytes: Decimal
    ephemeral_storage_bytes: Decimal
    pods: int
    huge_pages_mib: int = 0


def node_resources(machine: Machine, disk_gib: int, local_ssds: int = 0, huge_pages_mib: int = 0) -> Resources:
    """Return the resources of a node of the machine, GPUs aside; arguments as for `allocatable`."""
    memory = machine.memory_gib * _GIB
    if machine.platform is Platform.EKS and machine.architecture == "arm64":
        memory = max(Decimal(0), memory - _EC2_ARM64_BYTES)
    if machine.platform is Platform.EKS and not machine.bare_metal:
        memory *= 1 - _EC2_OVERHEAD
    return Resources(
        cpu=Decimal(machine.vcpus),
        memory_bytes=memory,
        ephemeral_storage_bytes=_disk_bytes(machine, disk_gib, local_ssds),
        pods=machine.max_pods,
        huge_pages_mib=huge_pages_mib,
    )


def allocatable(machine: Machine, disk_gib: int, local_ssds: int = 0, huge_pages_mib: int = 0) -> Resources:
    """Return the resources of a node that pods may ask for, GPUs aside.

    GKE keeps CPU and memory by tiers, 1.06 cores of a shared-core machine, 100 MiB for eviction, and of the boot disk
    a tenth for eviction and the least of half of it, 6 GiB and 35% of it, and 100 GiB; of local SSDs in its place a
    tenth as well, and 50 GiB of one, 75 GiB of two, 100 GiB of more. EKS keeps CPU by the same tiers,
    255 MiB of memory and 11 more a pod, 100 MiB for eviction, and of the disk a tenth and 1 GiB. Huge pages are part
    of a node's memory, but not of its allocatable memory: pods ask for them by another name.

    Args:
        machine: The machine.
        disk_gib: Size of its boot disk or root volume in GiB.
        local_ssds: Number of local SSDs on GKE that hold ephemeral storage instead of the boot disk.
        huge_pages_mib: Memory in MiB that the node sets aside as huge pages of 2 MiB when it starts.

    Example:
        >>> from gpuplane.hardware import BUILT_IN
        >>> allocatable(BUILT_IN.machine(Platform.GKE, "n1-standard-4"), disk_gib=100).cpu
        Decimal('3.9200')
    """
    whole = node_resources(machine, disk_gib, local_ssds, huge_pages_mib)
    disk = whole.ephemeral_storage_bytes
    cpu_kept = _kept(whole.cpu, _CPU_TIERS)
    if machine.platform is Platform.GKE and machine.shared_core:
        cpu_kept = _SHARED_CORE_CPU
    if machine.platform is Platform.GKE:
        memory_kept = _kept(whole.memory_bytes, _GKE_MEMORY_TIERS)
        disk_kept = min(disk / 2, 6 * _GIB + disk * Decimal("0.35"), 100 * _GIB)
        if local_ssds:
            disk_kept = _LOCAL_SSD_KEPT_GIB.get(local_ssds, 100) * _GIB
    else:
        memory_kept = (255 + 11 * machine.max_pods) * _MIB
        disk_kept = _GIB
    return Resources(
        cpu=max(Decimal(0), whole.cpu - cpu_kept),
        memory_bytes=max(Decimal(0), whole.memory_bytes - memory_kept - _EVICTION_BYTES - huge_pages_mib * _MIB),
        ephemeral_storage_bytes=max(Decimal(0), disk * Decimal("0.9") - disk_kept),
        pods=whole.pods,
        huge_pages_mib=huge_pages_mib,
    )


def _disk_bytes(machine: Machine, disk_gib: int, local_ssds: int) -> Decimal:
    found = machine.local_ssd
    if not local_ssds or found is None or not found.counts:
        return disk_gib * _GIB
    return Decimal(found.total_bytes) / max(found.counts) * local_ssds


def _kept(amount: Decimal, tiers: Iterable[tuple[Decimal, str]]) -> Decimal:
    kept, left = Decimal(0), amount
    for size, share in tiers:
        part = min(left, size)
        kept, left = kept + part * Decimal(share), left - part
    return kept
