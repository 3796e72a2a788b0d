"""Which extended resource a node shows for its GPUs, and how many, whole or shared."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from gpuplane.hardware.catalogue import accelerator
from gpuplane.hardware.model import Machine

GPU_RESOURCE = "nvidia.com/gpu"

# Source: https://github.com/ROCm/k8s-device-plugin
_AMD_RESOURCE = "amd.com/gpu"


class MigStrategy(str, Enum):
    """How the partitions of a GPU are shown: not at all, each as a GPU, or each as a resource named after its size."""

    NONE = "none"
    SINGLE = "single"
    MIXED = "mixed"


@dataclass(frozen=True)
class Sharing:
    """How one GPU is shared.

    Attributes:
        clients: How many containers share a GPU, or a MIG partition, by time-sharing or MPS.
        mig_profile: The MIG profile that each GPU is cut by, such as `1g.5gb`; empty to leave it whole.
        mig_strategy: By `single`, which GKE always uses, a partition counts as a GPU; by NVIDIA's `mixed` it is a
            resource named after its profile; by `none` whole GPUs are shown, cut or not.
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


def shares(accelerator_name: str, sharing: Sharing = Sharing()) -> int:
    """How many one GPU counts as: its partitions, times the containers that share one.

    Raises:
        UnknownAcceleratorError: There is no such accelerator; only looked up where GPUs are cut.
        ValueError: The accelerator has no such MIG profile.

    Example:
        >>> shares("nvidia-tesla-a100", Sharing(clients=2, mig_profile="3g.20gb"))
        4
    """
    if not sharing.mig_profile or sharing.mig_strategy is MigStrategy.NONE:
        return sharing.clients
    profiles = accelerator(accelerator_name).mig_profiles
    if sharing.mig_profile not in profiles:
        raise ValueError(_unknown_profile(accelerator_name, sharing.mig_profile, profiles))
    return profiles[sharing.mig_profile] * sharing.clients


def resource_name(sharing: Sharing = Sharing(), vendor: str = "nvidia") -> str:
    """The extended resource that they are shown as.

    Source of the names: https://github.com/NVIDIA/k8s-device-plugin/blob/main/README.md

    Example:
        >>> resource_name(Sharing(clients=4, renamed=True))
        'nvidia.com/gpu.shared'
    """
    name = _AMD_RESOURCE if vendor == "amd" else GPU_RESOURCE
    if sharing.mig_profile and sharing.mig_strategy is MigStrategy.MIXED:
        name = mig_resource(sharing.mig_profile)
    return f"{name}.shared" if sharing.renamed and sharing.clients > 1 else name


def mig_resource(profile: str) -> str:
    """The extended resource of a MIG profile under the `mixed` strategy.

    Example:
        >>> mig_resource("1g.5gb+me")
        'nvidia.com/mig-1g.5gb.me'
    """
    return f"nvidia.com/mig-{profile.replace('+', '.')}"


def advertised(machine: Machine, sharing: Sharing = Sharing()) -> int:
    """How many GPUs a node shows: its devices, times their partitions, times those that share one.

    Raises:
        ValueError: The accelerator has no such MIG profile.

    Example:
        >>> from gpuplane.hardware import machine
        >>> from gpuplane.platforms import Platform
        >>> advertised(machine(Platform.GKE, "g2-standard-24"), Sharing(clients=4))
        8
    """
    if not machine.accelerator:
        return 0
    if machine.is_fractional and sharing.mig_profile:
        # A virtual GPU, which a machine with a part of one gets, cannot be cut again.
        raise ValueError(_unknown_profile(machine.accelerator, sharing.mig_profile, ()))
    return machine.gpu_devices * shares(machine.accelerator, sharing)


def advertised_resource(machine: Machine, sharing: Sharing = Sharing()) -> ExtendedResource | None:
    """The resource that a node shows for its GPUs, None for a machine without.

    Raises:
        ValueError: The accelerator has no such MIG profile.

    Example:
        >>> from gpuplane.hardware import machine
        >>> from gpuplane.platforms import Platform
        >>> p4d = machine(Platform.EKS, "p4d.24xlarge")
        >>> advertised_resource(p4d, Sharing(mig_profile="3g.20gb", mig_strategy=MigStrategy.MIXED))
        ExtendedResource(name='nvidia.com/mig-3g.20gb', count=16)
    """
    count = advertised(machine, sharing)
    return ExtendedResource(resource_name(sharing, machine.vendor), count) if count else None


def device_memory_mib(machine: Machine, sharing: Sharing = Sharing()) -> int:
    """GPU memory in MiB of one device that a node shows: of a partition where GPUs are cut, else of a whole one.

    Nominal, as the profile's name says it: the driver shows slightly less. Source of the names:
    https://docs.nvidia.com/datacenter/tesla/mig-user-guide/#mig-device-names

    Example:
        >>> from gpuplane.hardware import machine
        >>> from gpuplane.platforms import Platform
        >>> device_memory_mib(machine(Platform.GKE, "a2-highgpu-1g"), Sharing(mig_profile="3g.20gb"))
        20480
    """
    match = re.search(r"\.(\d+)gb", sharing.mig_profile)
    return min(machine.gpu_memory_mib, int(match.group(1)) * 1024) if match else machine.gpu_memory_mib


def _unknown_profile(accelerator_name: str, profile: str, profiles: Iterable[str]) -> str:
    allowed = ", ".join(profiles) or "none"
    return f"unknown MIG profile of {accelerator_name}, got {profile!r}, allowed: {allowed}"
