"""Replicas belong to the autoscaler, which looks at what the server is short of."""

from collections.abc import Iterator

from gpuplane.plain.nested import field
from gpuplane.policy.model import ADVICE, ALWAYS, Rule, Violation
from gpuplane.policy.subjects.replicas import scalers, workloads
from gpuplane.policy.subjects.subjects import Subject, maps


def _fixed(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for workload in workloads(subjects):
        got = field(workload.body, "spec.replicas")
        found = scalers(subjects, workload)
        if got is not None and found:
            yield Violation(workload, "spec.replicas", f"must be left to {found[0].label}, got {got}")


def _missing(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for workload in workloads(subjects):
        has_gpus = any(container.gpus for container in workload.containers())
        if workload.kind == "Deployment" and has_gpus and not scalers(subjects, workload, or_unknown=True):
            yield Violation(workload, "", "has GPUs and no autoscaler")


def _metric(subject: Subject) -> Iterator[Violation]:
    if subject.kind != "HorizontalPodAutoscaler":
        return
    kinds = [str(metric.get("type")) for metric in maps(field(subject.body, "spec.metrics"))]
    if kinds and set(kinds) <= {"Resource", "ContainerResource"}:
        names = ", ".join(
            str(field(metric, "resource.name", field(metric, "containerResource.name", "")))
            for metric in maps(field(subject.body, "spec.metrics"))
        )
        yield Violation(subject, "spec.metrics", f"scales on {names} alone")


RULES = (
    Rule(
        id="replicas-unset",
        reason="every up sets them back to the written number, and the autoscaler's pods go",
        fix="leave spec.replicas out",
        levels=ALWAYS,
        check_stack=_fixed,
    ),
    Rule(
        id="autoscaler-set",
        reason="idle GPUs are paid for, and a fixed number of them does not follow the load",
        fix="a HorizontalPodAutoscaler, even with minReplicas as maxReplicas",
        levels=ADVICE,
        check_stack=_missing,
    ),
    Rule(
        id="scaling-metric",
        reason="a GPU server is short of GPU long before it is short of CPU: requests wait while CPU is idle",
        fix="a metric of requests or of the queue beside it, where an adapter serves one",
        levels=ADVICE,
        check=_metric,
    ),
)
