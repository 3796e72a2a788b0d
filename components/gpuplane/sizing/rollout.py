"""Rollouts when GPUs are scarce."""

from collections.abc import Iterable
from typing import Any


def strategy(
    max_replicas: int, gpus_each: int, gpus_available: int | None, is_exclusive: bool = False
) -> dict[str, Any]:
    """Return a Deployment strategy that never waits for GPUs that do not exist.

    With GPUs for one replica more than the maximum, a new pod starts before an old one ends. Otherwise old pods make
    room, and a single replica is recreated. Without GPUs, a surge is always possible.

    Args:
        max_replicas: The maximum replicas.
        gpus_each: GPUs of one replica, 0 for none.
        gpus_available: The most GPUs for the server; None if unknown, which counts as none spare.
        is_exclusive: Whether two replicas cannot run at once, as with a volume that only one node can mount.

    Example:
        >>> strategy(max_replicas=3, gpus_each=1, gpus_available=3)["rollingUpdate"]
        {'maxSurge': 0, 'maxUnavailable': 1}
    """
    spare = gpus_available is not None and gpus_available >= (max_replicas + 1) * gpus_each
    if is_exclusive:
        return {"type": "Recreate"}
    if not gpus_each or spare:
        return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    if max_replicas > 1:
        return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
    return {"type": "Recreate"}


def surge(max_replicas: int, gpus_each: int, gpus_available: int | None, is_exclusive: bool = False) -> int:
    """Return how many replicas a rollout adds to the maximum. Arguments as of `strategy`.

    Example:
        >>> surge(max_replicas=3, gpus_each=1, gpus_available=4)
        1
    """
    rolling: dict[str, int] = strategy(max_replicas, gpus_each, gpus_available, is_exclusive).get("rollingUpdate", {})
    return rolling.get("maxSurge", 0)


def left_for(gpus: int, others: Iterable[int]) -> int:
    """Return the GPUs that remain for a server when all others on the same nodes are at their maximum.

    Args:
        gpus: Maximum GPUs of the nodes.
        others: The most GPUs of each other server.
    """
    return max(0, gpus - sum(others))
