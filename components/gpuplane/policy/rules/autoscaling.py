"""Autoscaling: the autoscaler owns the replicas and scales on load."""

from collections.abc import Iterator

from gpuplane.plain.nested import field
from gpuplane.policy.model import ADVICE, ALWAYS, Rule, Violation
from gpuplane.policy.subjects.subject import Subject, maps
from gpuplane.policy.subjects.workloads import scalers, workloads


def _fixed(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for workload in workloads(subjects):
        got = field(workload.body, "spec.replicas")
        found = scalers(subjects, workload)
        if got is not None and found:
            yield Violation(workload, "spec.replicas", f"must not be set, {found[0].label} owns it, got {got}")


def _missing(subjects: tuple[Subject, ...]) -> Iterator[Violation]:
    for workload in workloads(subjects):
        has_gpus = any(container.gpus for container in workload.containers())
        if workload.kind == "Deployment" and has_gpus and not scalers(subjects, workload, or_unknown=True):
            yield Violation(workload, "", "uses GPUs without an autoscaler")


def _metric(subject: Subject) -> Iterator[Violation]:
    if subject.kind != "HorizontalPodAutoscaler":
        return
    kinds = [str(metric.get("type")) for metric in maps(field(subject.body, "spec.metrics"))]
    if kinds and set(kinds) <= {"Resource", "ContainerResource"}:
        names = ", ".join(
            str(field(metric, "resource.name", field(metric, "containerResource.name", "")))
            for metric in maps(field(subject.body, "spec.metrics"))
        )
        yield Violation(subject, "spec.metrics", f"scales only on {names}")


RULES = (
    Rule(
        id="replicas-unset",
        reason="every up resets the replicas to that number and deletes the pods that the autoscaler added",
        fix="leave spec.replicas out",
        levels=ALWAYS,
        check_stack=_fixed,
    ),
    Rule(
        id="autoscaler-set",
        reason="a fixed number of GPUs does not follow the load, and idle GPUs still cost",
        fix="add a HorizontalPodAutoscaler, even one with equal minReplicas and maxReplicas",
        levels=ADVICE,
        check_stack=_missing,
    ),
    Rule(
        id="scaling-metric",
        reason="a GPU server saturates its GPU long before its CPU: requests wait while the CPU is idle",
        fix="add a metric of the request rate or queue length, if a metrics adapter serves one",
        levels=ADVICE,
        check=_metric,
    ),
)
