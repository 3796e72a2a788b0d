"""PriorityClasses of a tenant.

PriorityClasses are cluster-wide, so each tenant has its own, named after its namespace: stacks on one cluster never
clash, and the classes are deleted with the tenant. Their values are the same for all tenants.
"""

from enum import Enum
from typing import Any


class Priority(str, Enum):
    """A priority: `serving` pods preempt `batch` pods."""

    SERVING = "serving"
    BATCH = "batch"


_VALUES = {Priority.SERVING: 100_000, Priority.BATCH: 1_000}

_TEXTS = {
    Priority.SERVING: "Model servers, which preempt batch pods when there is no room.",
    Priority.BATCH: "Training and batch jobs, which wait for room and never preempt.",
}


def priority_class_name(namespace: str, priority: Priority) -> str:
    """Return the name of a tenant's PriorityClass.

    Example:
        >>> priority_class_name("ml-prod", Priority.SERVING)
        'ml-prod-serving'
    """
    return f"{namespace}-{priority.value}"


def priority_class_inputs(namespace: str, priority: Priority) -> dict[str, Any]:
    """Return the PriorityClass. Pods without one have priority 0, below both."""
    preempts = "PreemptLowerPriority" if priority is Priority.SERVING else "Never"
    return {
        "metadata": {"name": priority_class_name(namespace, priority)},
        "value": _VALUES[priority],
        "preemptionPolicy": preempts,
        "globalDefault": False,
        "description": _TEXTS[priority],
    }
