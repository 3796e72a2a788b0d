"""The LimitRange of a tenant's namespace: default CPU and memory of containers."""

from typing import Any

from gpuplane.kubernetes import quantity
from gpuplane.tenancy.quota import TenantQuota

CPU_REQUEST = "100m"
MEMORY_REQUEST = "128Mi"
MEMORY_LIMIT = "512Mi"


def limit_range_spec(quota: TenantQuota) -> dict[str, Any]:
    """Return the spec of a LimitRange, since a quota on CPU or memory rejects pods without requests.

    The defaults never exceed the quota itself.

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
