"""A tenant's quota: the ResourceQuotas of its namespace."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.arguments.paths import within
from gpuplane.hardware import GPU_RESOURCE
from gpuplane.kubernetes import quantity
from gpuplane.kubernetes.names import is_extended_resource
from gpuplane.tenancy.quota_keys import QUOTA_ARGUMENTS, REQUESTS

# Objects that a quota counts under a name of their own. Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
_COUNTED = ("pods", "services", "services.loadbalancers", "services.nodeports", "configmaps", "secrets")
_GENERIC_COUNT = re.compile(r"count/[a-z0-9]+(\.[a-z0-9-]+)*")


class PriorityQuota(Args):
    """Limits over the pods of one priority class. Kubernetes does not count GPUs by priority."""

    pods: int | None = None
    """Number of pods."""

    cpu: str | None = None
    """CPU requests, such as `32`."""

    memory: str | None = None
    """Memory requests, such as `128Gi`."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield quantities and counts that are no limits, or that there is no limit at all."""
        if not self.hard:
            yield Problem("", "must limit something, got nothing, allowed: pods, cpu, memory")
        yield from _quantity_problems({"cpu": self.cpu, "memory": self.memory})
        yield from _count_problems({"pods": self.pods})

    @property
    def hard(self) -> dict[str, str]:
        """The `hard` limits of the ResourceQuota."""
        return _without_none({"pods": self.pods, "requests.cpu": self.cpu, "requests.memory": self.memory})


class TenantQuota(Args):
    """Limits over all objects of a namespace. What is left out is not limited."""

    gpus: int | None = None
    """Whole GPUs, `nvidia.com/gpu`, counted by requests: Kubernetes accepts a quota on the limits of an extended
    resource and counts nothing."""

    gpu_resources: dict[str, int] = {}
    """Shared or partitioned GPUs by resource name, such as `nvidia.com/gpu.shared` or `nvidia.com/mig-1g.5gb`. A quota
    on `nvidia.com/gpu` does not count them."""

    cpu: str | None = None
    """CPU requests, such as `32`."""

    memory: str | None = None
    """Memory requests, such as `128Gi`."""

    storage: str | None = None
    """Total size of all volume claims, such as `2Ti`."""

    persistent_volume_claims: int | None = None
    """Number of volume claims."""

    objects: dict[str, int] = {}
    """Number of other objects, by `pods`, `services`, `services.loadbalancers`, `services.nodeports`, `configmaps`,
    `secrets`, or `count/RESOURCE.GROUP` such as `count/jobs.batch`."""

    serving: PriorityQuota | None = None
    """Limits over the pods of the tenant's `serving` priority class, within the limits above."""

    batch: PriorityQuota | None = None
    """Limits over the pods of the tenant's `batch` priority class, within the limits above."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield names that Kubernetes does not count, and quantities and counts that are no limits."""
        yield from _quantity_problems({"cpu": self.cpu, "memory": self.memory, "storage": self.storage})
        yield from _count_problems({"gpus": self.gpus, "persistent_volume_claims": self.persistent_volume_claims})
        yield from within("gpu_resources", _count_problems(self.gpu_resources))
        yield from within("objects", _count_problems(self.objects))
        for name in self.gpu_resources:
            if name == GPU_RESOURCE:
                yield Problem(f"gpu_resources.{name}", "must not be the resource of whole GPUs, fix: gpus")
            elif not is_extended_resource(name):
                yield Problem(f"gpu_resources.{name}", "must be an extended resource, such as nvidia.com/mig-1g.5gb")
        for name in self.objects:
            if name not in _COUNTED and not _GENERIC_COUNT.fullmatch(name):
                yield Problem(
                    f"objects.{name}", f"not counted by a quota, allowed: {', '.join(_COUNTED)}, count/RESOURCE"
                )

    @property
    def gpus_by_resource(self) -> dict[str, int]:
        """The limit of each GPU resource, where there is one."""
        return {**({} if self.gpus is None else {GPU_RESOURCE: self.gpus}), **self.gpu_resources}

    @property
    def hard(self) -> dict[str, str]:
        """The `hard` limits of the ResourceQuota over all priorities."""
        return _without_none(
            {
                **{key: getattr(self, argument) for key, argument in QUOTA_ARGUMENTS.items()},
                **{f"{REQUESTS}{name}": count for name, count in self.gpu_resources.items()},
                **self.objects,
            }
        )


def quota_spec(hard: dict[str, str], priority_class: Input[str] | None = None) -> dict[str, Any]:
    """Return the spec of a ResourceQuota over the whole namespace, or over the pods of one priority class."""
    if priority_class is None:
        return {"hard": hard}
    scope = {"scopeName": "PriorityClass", "operator": "In", "values": [priority_class]}
    return {"hard": hard, "scopeSelector": {"matchExpressions": [scope]}}


def _quantity_problems(quantities: dict[str, str | None]) -> Iterable[Problem]:
    for path, text in quantities.items():
        if text is not None:
            yield from quantity.problems(path, text, may_be_zero=True)


def _count_problems(counts: Mapping[str, int | None]) -> Iterable[Problem]:
    for path, count in counts.items():
        if count is not None and count < 0:
            yield Problem(path, f"must be at least 0, got {count}")


def _without_none(limits: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in limits.items() if value is not None}
