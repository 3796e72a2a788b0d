"""Whose pods go first when there is not room for all: the PriorityClasses of a tenant.

They are cluster-wide objects, so each tenant has its own, named after its namespace: two stacks on one cluster never
want to make the same one, and a tenant's go with it. Their values are the same for all tenants.
"""

from enum import Enum
from typing import Any


class Priority(str, Enum):
    """A rank: `serving` pods take the place of `batch` pods where there is no other."""

    SERVING = "serving"
    BATCH = "batch"


_VALUES = {Priority.SERVING: 100_000, Priority.BATCH: 1_000}

_TEXTS = {
    Priority.SERVING: "Model servers: they take the place of batch pods when there is no room.",
    Priority.BATCH: "Training and batch jobs: they wait for room and take nobody's place.",
}


def priority_class_name(namespace: str, priority: Priority) -> str:
    """The name of a tenant's class.

    Example:
        >>> priority_class_name("ml-prod", Priority.SERVING)
        'ml-prod-serving'
    """
    return f"{namespace}-{priority.value}"


def priority_class_inputs(namespace: str, priority: Priority) -> dict[str, Any]:
    """The PriorityClass; pods without one have 0, so both go before what nobody has ranked."""
    preempts = "PreemptLowerPriority" if priority is Priority.SERVING else "Never"
    return {
        "metadata": {"name": priority_class_name(namespace, priority)},
        "value": _VALUES[priority],
        "preemptionPolicy": preempts,
        "globalDefault": False,
        "description": _TEXTS[priority],
    }
