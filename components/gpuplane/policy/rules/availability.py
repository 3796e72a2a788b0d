"""Drains and rollbacks."""

from collections.abc import Iterator
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.policy.model import ALWAYS, SHARED, Rule, Violation
from gpuplane.policy.subjects.replicas import replicas, workloads
from gpuplane.policy.subjects.subjects import Subject, selects


def _set(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for workload in workloads(subjects):
        least, _ = replicas(subjects, workload)
        if least > 1 and not any(_may_be_for(one, workload) for one in subjects):
            yield Violation(workload, "", f"must have a PodDisruptionBudget for its {least} replicas, got none")


def _drainable(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for budget in subjects:
        if budget.kind != "PodDisruptionBudget":
            continue
        unavailable, available = (field(budget.body, f"spec.{key}") for key in ("maxUnavailable", "minAvailable"))
        if unavailable in (0, "0", "0%"):
            yield Violation(budget, "spec.maxUnavailable", f"must let at least one pod go, got {unavailable}")
        elif available is not None:
            least = [replicas(subjects, one)[0] for one in workloads(subjects) if _may_be_for(budget, one)]
            blocked = [count for count in least if _kept(available, count) >= count]
            if blocked:
                message = f"must be less than the fewest replicas, got {available} of {blocked[0]}"
                yield Violation(budget, "spec.minAvailable", message)


def _kept(available: Any, count: int) -> int:
    """How many pods a `minAvailable` keeps; a share is rounded up."""
    if isinstance(available, int):
        return available
    percent = str(available).removesuffix("%")
    return -(-int(percent) * count // 100) if percent.isdigit() else 0


def _may_be_for(budget: Subject, workload: Subject) -> bool:
    is_there = budget.kind == "PodDisruptionBudget" and budget.may_be_beside(workload)
    return is_there and selects(field(budget.body, "spec.selector"), workload.pod_labels)


def _history(subject: Subject) -> Iterator[Violation]:
    if subject.pod_path and field(subject.body, "spec.revisionHistoryLimit") == 0:
        yield Violation(subject, "spec.revisionHistoryLimit", "must keep an old version to go back to, got 0")


RULES = (
    Rule(
        id="disruption-budget-set",
        reason="an upgrade of the nodes evicts all replicas at once where nothing says otherwise",
        fix="a PodDisruptionBudget with maxUnavailable: 1",
        levels=SHARED,
        check_stack=_set,
    ),
    Rule(
        id="disruption-budget-drainable",
        reason="a budget that lets no pod go blocks every drain, so that nodes are upgraded by force or never",
        fix="maxUnavailable: 1",
        levels=ALWAYS,
        check_stack=_drainable,
    ),
    Rule(
        id="rollback-possible",
        reason="without an old revision there is no rollout undo",
        fix="leave revisionHistoryLimit out, or set it from 1",
        levels=SHARED,
        check=_history,
    ),
)
