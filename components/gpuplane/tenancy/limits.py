"""What a container gets that says nothing of its CPU and memory: the LimitRange of a namespace."""

from typing import Any

from gpuplane.kubernetes import quantity
from gpuplane.tenancy.quota import TenantQuota

CPU_REQUEST = "100m"
MEMORY_REQUEST = "128Mi"
MEMORY_LIMIT = "512Mi"


def limit_range_spec(quota: TenantQuota) -> dict[str, Any]:
    """Defaults for containers: a quota on CPU or memory refuses every pod that asks for none.

    They are the quota itself where it is smaller, so that a pod which says nothing can pass it.

    Example:
        >>> limit_range_spec(TenantQuota(memory="64Mi"))["limits"][0]["defaultRequest"]
        {'cpu': '100m', 'memory': '64Mi'}
    """
    container = {
        "type": "Container",
        "defaultRequest": {"cpu": _least(CPU_REQUEST, quota.cpu), "memory": _least(MEMORY_REQUEST, quota.memory)},
        "default": {"memory": _least(MEMORY_LIMIT, quota.memory)},
    }
    return {"limits": [container]}


def _least(amount: str, limit: str | None) -> str:
    return amount if limit is None or quantity.parse(amount) <= quantity.parse(limit) else limit
