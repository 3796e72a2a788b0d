"""Workloads with replicas, and the autoscalers that own them."""

from collections.abc import Iterator
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.policy.subjects.subject import UNKNOWN, Subject

_SCALERS = {
    "HorizontalPodAutoscaler": ("minReplicas", "maxReplicas"),
    "ScaledObject": ("minReplicaCount", "maxReplicaCount"),
}
_SCALED = ("Deployment", "StatefulSet")


def workloads(subjects: tuple[Subject, ...]) -> Iterator[Subject]:
    """Yield the Deployments and StatefulSets."""
    yield from (one for one in subjects if one.kind in _SCALED and one.pod is not None)


def scalers(subjects: tuple[Subject, ...], workload: Subject, or_unknown: bool = False) -> list[Subject]:
    """Return the autoscalers of a workload: HorizontalPodAutoscalers and KEDA's ScaledObjects.

    Args:
        subjects: The resources of the stack.
        workload: The workload.
        or_unknown: Include autoscalers whose target is not known yet.
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
    """Return the minimum and maximum replicas of a workload: its autoscaler's, or its own."""
    for scaler in scalers(subjects, workload):
        least, most = (_count(field(scaler.body, f"spec.{key}"), 1) for key in _SCALERS[scaler.kind])
        return least, max(least, most)
    own = _count(field(workload.body, "spec.replicas"), 1)
    return own, own


def _count(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default
