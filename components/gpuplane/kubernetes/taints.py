"""Taints and tolerations.

Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any


class TaintEffect(str, Enum):
    """The effect of a taint on pods that do not tolerate it."""

    NO_SCHEDULE = "NoSchedule"
    PREFER_NO_SCHEDULE = "PreferNoSchedule"
    NO_EXECUTE = "NoExecute"


def allows(taint: Mapping[str, Any], tolerations: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether a node with the taint accepts a pod with the tolerations.

    Args:
        taint: One taint of a node.
        tolerations: All tolerations of the pod.

    Example:
        >>> gpu = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}
        >>> allows(gpu, [{"key": "nvidia.com/gpu", "operator": "Exists"}]), allows(gpu, [])
        (True, False)
    """
    return taint["effect"] == TaintEffect.PREFER_NO_SCHEDULE.value or any(
        one.get("key") in (None, taint["key"])
        and one.get("effect") in (None, taint["effect"])
        and (one.get("operator") == "Exists" or one.get("value", "") == taint.get("value", ""))
        for one in tolerations
    )
