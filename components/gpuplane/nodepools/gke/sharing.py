"""How the GPUs of a GKE pool are shared by GKE's own device plugin."""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.hardware import Machine, Sharing

LABEL = "cloud.google.com/gke-{}"


class SharingStrategy(str, Enum):
    """How containers share a GPU, or one of its partitions."""

    TIME_SHARING = "time-sharing"
    MPS = "mps"


class GkeSharing(Args):
    """Sharing of each GPU: cut by MIG into partitions, shared by time or MPS, or both.

    Source: https://cloud.google.com/kubernetes-engine/docs/concepts/timesharing-gpus

    Example:
        >>> list(GkeSharing(strategy="time-sharing", max_clients=4).problems())
        []
    """

    strategy: SharingStrategy | None = None
    """`time-sharing` takes turns, without memory limits; `mps` runs at once, each with its part of the memory, and its
    pods need `hostIPC`, which restricted namespaces refuse. By default a GPU or partition is one container's alone."""

    max_clients: int | None = None
    """The most containers that share one GPU or partition, 2 to 48."""

    partition_size: str | None = None
    """MIG profile that each GPU is cut by, such as `1g.5gb`. By default GPUs stay whole."""

    def own_problems(self) -> Iterable[Problem]:
        """Something is shared, and a strategy and its number of clients go together."""
        if self.strategy is None and self.max_clients is None and self.partition_size is None:
            yield Problem("", "must say how, got nothing, allowed: strategy with max_clients, partition_size, or both")
        if self.strategy is not None and self.max_clients is None:
            yield Problem("max_clients", f"required with strategy {self.strategy.value}, got nothing")
        if self.strategy is None and self.max_clients is not None:
            yield Problem("strategy", "required with max_clients, got nothing, allowed: time-sharing, mps")


def hardware_sharing(sharing: GkeSharing | None) -> Sharing:
    """The sharing as the hardware's arithmetic takes it."""
    if sharing is None:
        return Sharing()
    return Sharing(max(1, sharing.max_clients or 1), sharing.partition_size or "")


def sharing_inputs(sharing: GkeSharing | None) -> dict[str, Any]:
    """The part of the accelerator's inputs."""
    if sharing is None:
        return {}
    config = {
        "gpuSharingStrategy": "MPS" if sharing.strategy is SharingStrategy.MPS else "TIME_SHARING",
        "maxSharedClientsPerGpu": sharing.max_clients,
    }
    return {
        **({"gpuPartitionSize": sharing.partition_size} if sharing.partition_size else {}),
        **({"gpuSharingConfig": config} if sharing.strategy else {}),
    }


def selector(sharing: GkeSharing | None) -> dict[str, str]:
    """The labels that GKE gives nodes which share, and that their pods select.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/timesharing-gpus#deploy-workloads
    """
    if sharing is None:
        return {}
    chosen = {
        "gpu-partition-size": sharing.partition_size or "",
        "gpu-sharing-strategy": sharing.strategy.value if sharing.strategy else "",
        "max-shared-clients-per-gpu": str(sharing.max_clients or ""),
    }
    return {LABEL.format(key): value for key, value in chosen.items() if value}


def max_gpus_per_container(sharing: GkeSharing | None, machine: Machine) -> int | None:
    """The most of them that one container may have, None for all of a node.

    GKE's plugin gives a container one share or partition, but for MPS on nodes with one GPU. Source:
    https://github.com/GoogleCloudPlatform/container-engine-accelerators, pkg/gpu/nvidia/gpusharing.
    """
    if sharing is None:
        return None
    is_one_shared_gpu = machine.gpu_devices == 1 and not sharing.partition_size
    return None if sharing.strategy is SharingStrategy.MPS and is_one_shared_gpu else 1
