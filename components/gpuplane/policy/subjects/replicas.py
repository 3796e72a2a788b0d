"""How many pods a workload has, and which objects are about them."""

from collections.abc import Iterator
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.policy.subjects.subjects import UNKNOWN, Subject

_SCALERS = {
    "HorizontalPodAutoscaler": ("minReplicas", "maxReplicas"),
    "ScaledObject": ("minReplicaCount", "maxReplicaCount"),
}
_SCALED = ("Deployment", "StatefulSet")


def workloads(subjects: tuple[Subject, ...]) -> Iterator[Subject]:
    """What has replicas."""
    yield from (one for one in subjects if one.kind in _SCALED and one.pod is not None)


def scalers(subjects: tuple[Subject, ...], workload: Subject, or_unknown: bool = False) -> list[Subject]:
    """The autoscalers over a workload: Kubernetes' own and KEDA's.

    Args:
        subjects: What a stack makes.
        workload: The workload.
        or_unknown: Those as well that may turn out to be over it.
    """
    names = {field(workload.body, "metadata.name"), *([UNKNOWN] if or_unknown else [])}
    return [
        one
        for one in subjects
        if one.kind in _SCALERS
        and (one.may_be_beside(workload) if or_unknown else one.namespace == workload.namespace)
        and field(one.body, "spec.scaleTargetRef.name") in names
        and field(one.body, "spec.scaleTargetRef.kind", "Deployment") == workload.kind
    ]


def replicas(subjects: tuple[Subject, ...], workload: Subject) -> tuple[int, int]:
    """Fewest and most replicas of a workload: its autoscaler's, or its own."""
    for scaler in scalers(subjects, workload):
        least, most = (_count(field(scaler.body, f"spec.{key}"), 1) for key in _SCALERS[scaler.kind])
        return least, max(least, most)
    own = _count(field(workload.body, "spec.replicas"), 1)
    return own, own


def _count(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default
