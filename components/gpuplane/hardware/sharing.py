"""Which extended resource a node shows for its GPUs, and how many, whole or shared."""

import re
from dataclasses import dataclass
from enum import Enum

from gpuplane.hardware.catalogue import accelerator
from gpuplane.hardware.model import Machine

GPU_RESOURCE = "nvidia.com/gpu"

# Source: https://github.com/ROCm/k8s-device-plugin
_AMD_RESOURCE = "amd.com/gpu"


class MigStrategy(str, Enum):
    """How the partitions of a GPU are named."""

    SINGLE = "single"
    MIXED = "mixed"


@dataclass(frozen=True)
class Sharing:
    """How one GPU is shared.

    Attributes:
        clients: How many containers share a GPU, or a MIG partition, by time-sharing or MPS.
        mig_profile: The MIG profile that each GPU is cut by, such as `1g.5gb`; empty to leave it whole.
        mig_strategy: By `single`, which GKE always uses, a partition counts as a GPU; by NVIDIA's `mixed` it is a
            resource named after its profile.
        renamed: Whether shared ones are shown as another resource, by `renameByDefault` of NVIDIA's plugin.

    Raises:
        ValueError: There are no clients.
    """

    clients: int = 1
    mig_profile: str = ""
    mig_strategy: MigStrategy = MigStrategy.SINGLE
    renamed: bool = False

    def __post_init__(self) -> None:
        if self.clients < 1:
            raise ValueError(f"clients: must be at least 1, got {self.clients}")


@dataclass(frozen=True)
class ExtendedResource:
    """A resource that a device plugin adds to a node.

    Attributes:
        name: Its name, such as `nvidia.com/gpu`.
        count: How many of it.
    """

    name: str
    count: int


def advertised(machine: Machine, sharing: Sharing = Sharing()) -> int:
    """How many GPUs a node shows: its devices, times their partitions, times those that share one.

    Raises:
        ValueError: The accelerator has no such MIG profile.

    Example:
        >>> from gpuplane.hardware import Platform, machine
        >>> advertised(machine(Platform.GKE, "g2-standard-24"), Sharing(clients=4))
        8
    """
    if not machine.accelerator:
        return 0
    # A virtual GPU, which a machine with a part of one gets, cannot be cut again.
    profiles = {"": 1, **({} if machine.is_fractional else accelerator(machine.accelerator).mig_profiles)}
    if sharing.mig_profile not in profiles:
        allowed = ", ".join(filter(None, profiles)) or "none"
        raise ValueError(
            f"unknown MIG profile of {machine.accelerator}, got {sharing.mig_profile!r}, allowed: {allowed}"
        )
    return machine.gpu_devices * profiles[sharing.mig_profile] * sharing.clients


def advertised_resource(machine: Machine, sharing: Sharing = Sharing()) -> ExtendedResource | None:
    """The resource that a node shows for its GPUs, None for a machine without.

    Source of the names: https://github.com/NVIDIA/k8s-device-plugin/blob/main/README.md

    Raises:
        ValueError: The accelerator has no such MIG profile.

    Example:
        >>> from gpuplane.hardware import Platform, machine
        >>> p4d = machine(Platform.EKS, "p4d.24xlarge")
        >>> advertised_resource(p4d, Sharing(mig_profile="3g.20gb", mig_strategy=MigStrategy.MIXED))
        ExtendedResource(name='nvidia.com/mig-3g.20gb', count=16)
    """
    count = advertised(machine, sharing)
    if not count:
        return None
    name = _AMD_RESOURCE if machine.vendor == "amd" else GPU_RESOURCE
    if sharing.mig_profile and sharing.mig_strategy is MigStrategy.MIXED:
        name = f"nvidia.com/mig-{sharing.mig_profile.replace('+', '.')}"
    if sharing.renamed and sharing.clients > 1:
        name += ".shared"
    return ExtendedResource(name, count)


def device_memory_mib(machine: Machine, sharing: Sharing = Sharing()) -> int:
    """GPU memory in MiB of one device that a node shows: of a partition where GPUs are cut, else of a whole one.

    Nominal, as the profile's name says it: the driver shows slightly less. Source of the names:
    https://docs.nvidia.com/datacenter/tesla/mig-user-guide/#mig-device-names

    Example:
        >>> from gpuplane.hardware import Platform, machine
        >>> device_memory_mib(machine(Platform.GKE, "a2-highgpu-1g"), Sharing(mig_profile="3g.20gb"))
        20480
    """
    match = re.search(r"\.(\d+)gb", sharing.mig_profile)
    return min(machine.gpu_memory_mib, int(match.group(1)) * 1024) if match else machine.gpu_memory_mib
