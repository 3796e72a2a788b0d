"""How a new version replaces the old one when GPUs are scarce."""

from collections.abc import Iterable
from typing import Any


def strategy(
    max_replicas: int, gpus_each: int, gpus_available: int | None, is_exclusive: bool = False
) -> dict[str, Any]:
    """The Deployment strategy that cannot wait for a GPU that never comes, nor take more than there are.

    One spare replica's worth of GPUs at the autoscaler's maximum lets the new pod start before an old one ends;
    without it, old pods make room; a single replica without a spare is recreated. Without GPUs a surge costs little.

    Args:
        max_replicas: The most replicas there can be.
        gpus_each: GPUs a replica takes, 0 for none.
        gpus_available: The most GPUs the server can count on; None when nobody knows, which is taken as none spare.
        is_exclusive: Whether no two replicas can be at once, as with a volume that one node may mount.

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
    """How many replicas more than its maximum a server may have while a rollout lasts; arguments as of `strategy`.

    Example:
        >>> surge(max_replicas=3, gpus_each=1, gpus_available=4)
        1
    """
    rolling: dict[str, int] = strategy(max_replicas, gpus_each, gpus_available, is_exclusive).get("rollingUpdate", {})
    return rolling.get("maxSurge", 0)


def left_for(gpus: int, others: Iterable[int]) -> int:
    """The GPUs that a server can count on where others on the same nodes grow to their maximum as well.

    Args:
        gpus: All there can be.
        others: The most that each other server takes.
    """
    return max(0, gpus - sum(others))
