"""How a new version replaces the old one when GPUs are scarce."""

from typing import Any


def strategy(max_replicas: int, gpus_each: int, gpus_available: int | None) -> dict[str, Any]:
    """The Deployment strategy that cannot wait for a GPU that never comes, nor take more than there are.

    One spare replica's worth of GPUs at the autoscaler's maximum lets the new pod start before an old one ends;
    without it, old pods make room; a single replica without a spare is recreated. Without GPUs a surge costs little.

    Args:
        max_replicas: The most replicas there can be.
        gpus_each: GPUs a replica takes, 0 for none.
        gpus_available: The most GPUs the server can count on; None when nobody knows, which is taken as none spare.

    Example:
        >>> strategy(max_replicas=3, gpus_each=1, gpus_available=3)["rollingUpdate"]
        {'maxSurge': 0, 'maxUnavailable': 1}
    """
    spare = gpus_available is not None and gpus_available >= (max_replicas + 1) * gpus_each
    if not gpus_each or spare:
        return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    if max_replicas > 1:
        return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
    return {"type": "Recreate"}
