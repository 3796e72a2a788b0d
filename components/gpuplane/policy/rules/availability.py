"""Availability during drains, and rollbacks."""

from collections.abc import Iterator
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.policy.model import ALWAYS, WARN_IN_DEV, Rule, Violation
from gpuplane.policy.subjects.subject import Subject, selects
from gpuplane.policy.subjects.workloads import replicas, workloads


def _set(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for workload in workloads(subjects):
        least, _ = replicas(subjects, workload)
        if least > 1 and not any(_may_be_for(one, workload) for one in subjects):
            yield Violation(workload, "", f"must have a PodDisruptionBudget with {least} replicas, got none")


def _drainable(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for budget in subjects:
        if budget.kind != "PodDisruptionBudget":
            continue
        unavailable, available = (field(budget.body, f"spec.{key}") for key in ("maxUnavailable", "minAvailable"))
        if unavailable in (0, "0", "0%"):
            yield Violation(budget, "spec.maxUnavailable", f"must allow at least one eviction, got {unavailable}")
        elif available is not None:
            least = [replicas(subjects, one)[0] for one in workloads(subjects) if _may_be_for(budget, one)]
            blocked = [count for count in least if _kept(available, count) >= count]
            if blocked:
                message = f"must be below the minimum replicas, got {available} of {blocked[0]}"
                yield Violation(budget, "spec.minAvailable", message)


def _kept(available: Any, count: int) -> int:
    """Return how many pods `minAvailable` keeps; a percentage is rounded up."""
    if isinstance(available, int):
        return available
    percent = str(available).removesuffix("%")
    return -(-int(percent) * count // 100) if percent.isdigit() else 0


def _may_be_for(budget: Subject, workload: Subject) -> bool:
    is_there = budget.kind == "PodDisruptionBudget" and budget.may_be_beside(workload)
    return is_there and selects(field(budget.body, "spec.selector"), workload.pod_labels)


def _unready(subject: Subject) -> Iterator[Violation]:
    if subject.kind != "PodDisruptionBudget":
        return
    policy = field(subject.body, "spec.unhealthyPodEvictionPolicy", "IfHealthyBudget")
    if policy != "AlwaysAllow":
        yield Violation(subject, "spec.unhealthyPodEvictionPolicy", f"must be AlwaysAllow, got {policy}")


def _history(subject: Subject) -> Iterator[Violation]:
    if subject.pod_path and field(subject.body, "spec.revisionHistoryLimit") == 0:
        yield Violation(subject, "spec.revisionHistoryLimit", "must keep at least one revision, got 0")


RULES = (
    Rule(
        id="disruption-budget-set",
        reason="without one, a node upgrade may evict all replicas at once",
        fix="add a PodDisruptionBudget with maxUnavailable: 1",
        levels=WARN_IN_DEV,
        check_stack=_set,
    ),
    Rule(
        id="disruption-budget-drainable",
        reason="a budget that allows no eviction blocks every drain, so that nodes are upgraded by force or never",
        fix="set maxUnavailable: 1",
        levels=ALWAYS,
        check_stack=_drainable,
    ),
    Rule(
        id="disruption-budget-unready",
        reason="a pod that never becomes ready, such as one that cannot load its model, would block every drain",
        fix="set unhealthyPodEvictionPolicy: AlwaysAllow",
        levels=WARN_IN_DEV,
        check=_unready,
    ),
    Rule(
        id="rollback-possible",
        reason="kubectl rollout undo needs an old revision",
        fix="leave revisionHistoryLimit out, or set it to 1 or more",
        levels=WARN_IN_DEV,
        check=_history,
    ),
)
