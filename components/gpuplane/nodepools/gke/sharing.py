"""Sharing of a GKE pool's GPUs by GKE's device plugin."""

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
    """Sharing of each GPU: MIG partitions, time-sharing or MPS, or both.

    Source: https://cloud.google.com/kubernetes-engine/docs/concepts/timesharing-gpus

    Example:
        >>> list(GkeSharing(strategy="time-sharing", max_clients=4).problems())
        []
    """

    strategy: SharingStrategy | None = None
    """With `time-sharing` containers take turns, without memory limits; with `mps` they run at once, each with its part
    of the memory, and pods need `hostIPC`, which restricted namespaces refuse. By default a GPU or partition belongs
    to one container."""

    max_clients: int | None = None
    """Maximum number of containers that share one GPU or partition, 2 to 48."""

    partition_size: str | None = None
    """MIG profile that each GPU is partitioned by, such as `1g.5gb`. By default GPUs are not partitioned."""

    def own_problems(self) -> Iterable[Problem]:
        """Require a strategy with its number of clients, or a partition size."""
        if self.strategy is None and self.max_clients is None and self.partition_size is None:
            yield Problem(
                "", "must not be empty, got nothing, allowed: strategy with max_clients, partition_size, or both"
            )
        if self.strategy is not None and self.max_clients is None:
            yield Problem("max_clients", f"required with strategy {self.strategy.value}, got nothing")
        if self.strategy is None and self.max_clients is not None:
            yield Problem("strategy", "required with max_clients, got nothing, allowed: time-sharing, mps")


def hardware_sharing(sharing: GkeSharing | None) -> Sharing:
    """Return the sharing in the terms of the hardware package."""
    if sharing is None:
        return Sharing()
    return Sharing(max(1, sharing.max_clients or 1), sharing.partition_size or "")


def sharing_inputs(sharing: GkeSharing | None) -> dict[str, Any]:
    """Return the sharing part of the accelerator's inputs."""
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
    """Return the labels that GKE puts on nodes with shared GPUs, which pods have to select.

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
    """Return how many devices one container may request, None for all of a node.

    GKE's plugin gives a container one share or partition, except with MPS on nodes with one GPU. Source:
    https://github.com/GoogleCloudPlatform/container-engine-accelerators, pkg/gpu/nvidia/gpusharing.
    """
    if sharing is None:
        return None
    is_one_shared_gpu = machine.gpu_devices == 1 and not sharing.partition_size
    return None if sharing.strategy is SharingStrategy.MPS and is_one_shared_gpu else 1
