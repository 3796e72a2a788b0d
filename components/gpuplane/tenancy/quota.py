"""What a tenant's pods, claims and other objects may be together: the ResourceQuotas of its namespace."""

import re
from collections.abc import Iterable
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.arguments.paths import within
from gpuplane.kubernetes import quantity
from gpuplane.kubernetes.names import is_extended_resource

GPU_RESOURCE = "nvidia.com/gpu"

# What an object count may be keyed by. Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
_COUNTED = ("pods", "services", "services.loadbalancers", "services.nodeports", "configmaps", "secrets")
_GENERIC_COUNT = re.compile(r"count/[a-z0-9]+(\.[a-z0-9-]+)*")


class PriorityQuota(Args):
    """The most that the pods of one priority class may be together. Kubernetes counts no GPUs by priority."""

    pods: int | None = None
    """Number of pods."""

    cpu: str | None = None
    """CPU requests, such as `32`."""

    memory: str | None = None
    """Memory requests, such as `128Gi`."""

    def own_problems(self) -> Iterable[Problem]:
        """Something to count, by quantities and counts that are not negative."""
        if not self.hard:
            yield Problem("", "must limit something, got nothing, allowed: pods, cpu, memory")
        yield from quantity_problems({"cpu": self.cpu, "memory": self.memory})
        yield from count_problems({"pods": self.pods})

    @property
    def hard(self) -> dict[str, str]:
        """The quota as Kubernetes spells it."""
        return _said({"pods": self.pods, "requests.cpu": self.cpu, "requests.memory": self.memory})


class TenantQuota(Args):
    """The most that all objects of a namespace may be together. What is not said is not limited."""

    gpus: int | None = None
    """Whole GPUs, `nvidia.com/gpu`. Only requests are counted, since for GPUs they equal limits: a quota on limits
    counts nothing."""

    gpu_resources: dict[str, int] = {}
    """Other names that GPUs go by where they are shared or cut, such as `nvidia.com/gpu.shared` or
    `nvidia.com/mig-1g.5gb`, and how many of each. A quota on `nvidia.com/gpu` does not count them."""

    cpu: str | None = None
    """CPU requests, such as `32`."""

    memory: str | None = None
    """Memory requests, such as `128Gi`."""

    storage: str | None = None
    """Sizes of all volume claims together, such as `2Ti`."""

    persistent_volume_claims: int | None = None
    """Number of volume claims."""

    objects: dict[str, int] = {}
    """Number of other objects, by `pods`, `services`, `services.loadbalancers`, `services.nodeports`, `configmaps`,
    `secrets`, or `count/RESOURCE.GROUP` such as `count/jobs.batch`."""

    serving: PriorityQuota | None = None
    """Of these, the most that pods of the tenant's `serving` priority class may be."""

    batch: PriorityQuota | None = None
    """Of these, the most that pods of the tenant's `batch` priority class may be."""

    def own_problems(self) -> Iterable[Problem]:
        """Names that Kubernetes counts, quantities, and counts that are not negative."""
        yield from quantity_problems({"cpu": self.cpu, "memory": self.memory, "storage": self.storage})
        yield from count_problems({"gpus": self.gpus, "persistent_volume_claims": self.persistent_volume_claims})
        yield from within("gpu_resources", count_problems(self.gpu_resources))
        yield from within("objects", count_problems(self.objects))
        for name in self.gpu_resources:
            if name == GPU_RESOURCE:
                yield Problem(f"gpu_resources.{name}", "must be another name than that of whole GPUs, fix: gpus")
            elif not is_extended_resource(name):
                yield Problem(f"gpu_resources.{name}", "must be an extended resource, such as nvidia.com/mig-1g.5gb")
        for name in self.objects:
            if name not in _COUNTED and not _GENERIC_COUNT.fullmatch(name):
                yield Problem(
                    f"objects.{name}", f"must be what a quota counts, allowed: {', '.join(_COUNTED)}, count/RESOURCE"
                )
        for path, part in (("serving", self.serving), ("batch", self.batch)):
            if part:
                yield from within(path, part.problems())

    @property
    def gpus_by_resource(self) -> dict[str, int]:
        """The limit of each GPU resource that has one."""
        return {**({} if self.gpus is None else {GPU_RESOURCE: self.gpus}), **self.gpu_resources}

    @property
    def hard(self) -> dict[str, str]:
        """The quota over all priorities, as Kubernetes spells it."""
        return _said(
            {
                **{f"requests.{name}": count for name, count in self.gpus_by_resource.items()},
                "requests.cpu": self.cpu,
                "requests.memory": self.memory,
                "requests.storage": self.storage,
                "persistentvolumeclaims": self.persistent_volume_claims,
                **self.objects,
            }
        )


def quota_spec(hard: dict[str, str], priority_class: Input[str] | None = None) -> dict[str, Any]:
    """The spec of a ResourceQuota: over everything, or over the pods of one priority class."""
    if priority_class is None:
        return {"hard": hard}
    scope = {"scopeName": "PriorityClass", "operator": "In", "values": [priority_class]}
    return {"hard": hard, "scopeSelector": {"matchExpressions": [scope]}}


def quantity_problems(quantities: dict[str, str | None]) -> Iterable[Problem]:
    """Those that are no quantities, or negative ones."""
    for path, text in quantities.items():
        try:
            if quantity.parse(text or "0") < 0:
                yield Problem(path, f"must be at least 0, got {text!r}")
        except ValueError as error:
            yield Problem(path, str(error))


def count_problems(counts: dict[str, Any]) -> Iterable[Problem]:
    """Those that are negative."""
    for path, count in counts.items():
        if count is not None and count < 0:
            yield Problem(path, f"must be at least 0, got {count}")


def _said(limits: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in limits.items() if value is not None}
