"""The extended resource and the number of devices that a node advertises for its GPUs, whole or shared."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from gpuplane.hardware.model import Accelerator, Machine

GPU_RESOURCE = "nvidia.com/gpu"

# Source: https://github.com/ROCm/k8s-device-plugin
_AMD_RESOURCE = "amd.com/gpu"


class MigStrategy(str, Enum):
    """How MIG partitions are advertised: not at all, each as a GPU, or each as a resource named after its profile."""

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


def devices_per_gpu(accelerator: Accelerator, sharing: Sharing = Sharing()) -> int:
    """Return the devices advertised per physical GPU: MIG partitions times clients.

    Raises:
        ValueError: The accelerator has no such MIG profile.

    Example:
        >>> from gpuplane.hardware import BUILT_IN
        >>> a100 = BUILT_IN.accelerator("nvidia-tesla-a100")
        >>> devices_per_gpu(a100, Sharing(clients=2, mig_profile="3g.20gb"))
        4
    """
    if not sharing.mig_profile or sharing.mig_strategy is MigStrategy.NONE:
        return sharing.clients
    if sharing.mig_profile not in accelerator.mig_profiles:
        raise ValueError(_unknown_profile(accelerator.name, sharing.mig_profile, accelerator.mig_profiles))
    return accelerator.mig_profiles[sharing.mig_profile] * sharing.clients


def resource_name(sharing: Sharing = Sharing(), vendor: str = "nvidia") -> str:
    """Return the extended resource that GPUs are advertised as.

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
    """Return the extended resource of a MIG profile under the `mixed` strategy.

    Example:
        >>> mig_resource("1g.5gb+me")
        'nvidia.com/mig-1g.5gb.me'
    """
    return f"nvidia.com/mig-{profile.replace('+', '.')}"


def advertised(machine: Machine, sharing: Sharing = Sharing()) -> int:
    """Return how many GPU devices a node advertises: its GPUs, times their partitions, times the clients of each.

    Raises:
        ValueError: The accelerator has no such MIG profile.

    Example:
        >>> from gpuplane.hardware import BUILT_IN
        >>> from gpuplane.platforms import Platform
        >>> advertised(BUILT_IN.machine(Platform.GKE, "g2-standard-24"), Sharing(clients=4))
        8
    """
    if not machine.gpu:
        return 0
    if machine.is_fractional and sharing.mig_profile:
        # A virtual GPU, which a machine with a part of one gets, cannot be cut again.
        raise ValueError(_unknown_profile(machine.gpu.name, sharing.mig_profile, ()))
    return machine.gpu_devices * devices_per_gpu(machine.gpu, sharing)


def advertised_resource(machine: Machine, sharing: Sharing = Sharing()) -> ExtendedResource | None:
    """Return the extended resource that a node advertises for its GPUs, None without GPUs.

    Raises:
        ValueError: The accelerator has no such MIG profile.

    Example:
        >>> from gpuplane.hardware import BUILT_IN
        >>> from gpuplane.platforms import Platform
        >>> p4d = BUILT_IN.machine(Platform.EKS, "p4d.24xlarge")
        >>> advertised_resource(p4d, Sharing(mig_profile="3g.20gb", mig_strategy=MigStrategy.MIXED))
        ExtendedResource(name='nvidia.com/mig-3g.20gb', count=16)
    """
    count = advertised(machine, sharing)
    return ExtendedResource(resource_name(sharing, machine.vendor), count) if count else None


def device_memory_mib(machine: Machine, sharing: Sharing = Sharing()) -> int:
    """Return the GPU memory in MiB of one device that a node advertises: of a MIG partition, or of a whole GPU.

    Nominal, as in the profile's name: the driver shows slightly less. Source of the names:
    https://docs.nvidia.com/datacenter/tesla/mig-user-guide/#mig-device-names

    Example:
        >>> from gpuplane.hardware import BUILT_IN
        >>> from gpuplane.platforms import Platform
        >>> a2 = BUILT_IN.machine(Platform.GKE, "a2-highgpu-1g")
        >>> device_memory_mib(a2, Sharing(mig_profile="3g.20gb"))
        20480
    """
    match = re.search(r"\.(\d+)gb", sharing.mig_profile)
    return min(machine.gpu_memory_mib, int(match.group(1)) * 1024) if match else machine.gpu_memory_mib


def _unknown_profile(accelerator_name: str, profile: str, profiles: Iterable[str]) -> str:
    allowed = ", ".join(profiles) or "none"
    return f"unknown MIG profile of {accelerator_name}, got {profile!r}, allowed: {allowed}"
