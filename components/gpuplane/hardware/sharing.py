"""How many GPUs a node shows to Kubernetes, whole or shared."""

from dataclasses import dataclass

from gpuplane.hardware.catalogue import accelerator
from gpuplane.hardware.model import Machine

GPU_RESOURCE = "nvidia.com/gpu"


@dataclass(frozen=True)
class Sharing:
    """How one GPU is shared.

    Attributes:
        clients: How many containers share a GPU, or a MIG partition, by time-sharing or MPS.
        mig_profile: The MIG profile that each GPU is cut by, such as `1g.5gb`; empty to leave it whole.
    """

    clients: int = 1
    mig_profile: str = ""


def advertised(machine: Machine, sharing: Sharing = Sharing()) -> int:
    """How many of `nvidia.com/gpu` a node shows: its devices, times their partitions, times those that share one.

    Raises:
        ValueError: The accelerator has no such MIG profile.

    Example:
        >>> from gpuplane.hardware import Platform, machine
        >>> advertised(machine(Platform.GKE, "g2-standard-24"), Sharing(clients=4))
        8
    """
    if not machine.accelerator:
        return 0
    profiles = {"": 1, **accelerator(machine.accelerator).mig_profiles}
    if sharing.mig_profile not in profiles:
        allowed = ", ".join(filter(None, profiles)) or "none"
        raise ValueError(
            f"unknown MIG profile of {machine.accelerator}, got {sharing.mig_profile!r}, allowed: {allowed}"
        )
    return machine.gpu_devices * profiles[sharing.mig_profile] * sharing.clients
