"""An engine's operation, from its exit status and its events."""

import json
from typing import Any

from gpuplane.rehearsal.engine.cli import outcome
from gpuplane.rehearsal.verdict.findings import Finding

URN = "urn:pulumi:prod::gpuplane::gpuplane:index:GkeGpuNodePool$gcp:container/nodePool:NodePool::t4-pool"


def line(**event: Any) -> str:
    return json.dumps({"sequence": 1, **event}) + "\n"


def diagnostic(message: str, urn: str = "", severity: str = "error") -> str:
    return line(diagnosticEvent={"urn": urn, "message": message, "severity": severity})


def step(op: str) -> str:
    return line(resourcePreEvent={"metadata": {"op": op, "urn": URN}})


def test_a_success_has_no_findings_whatever_was_said() -> None:
    lines = [diagnostic("deprecated", severity="warning"), line(summaryEvent={"resourceChanges": {"create": 25}})]
    ended = outcome(0, lines)
    assert (ended.findings("up"), ended.changes) == ([], {"create": 25})


def test_a_failure_is_a_finding_for_each_resource_without_colours() -> None:
    lines = [diagnostic("<{%reset%}>error: quota\nexceeded<{%reset%}>", URN), diagnostic("update failed")]
    assert outcome(255, lines).findings("up") == [
        Finding("gcp:container/nodePool:NodePool t4-pool", "failed in up", "quota exceeded", "engine")
    ]


def test_a_failure_of_no_resource_is_the_engines_own() -> None:
    assert outcome(255, [diagnostic("no plugin", "urn:short")]).findings("preview") == [
        Finding("pulumi", "failed in preview", "no plugin", "engine")
    ]


def test_a_failure_without_events_gives_the_last_of_the_output() -> None:
    assert outcome(1, ["error: passphrase\n", "must be set\n"]).findings("up") == [
        Finding("pulumi up", "failed", "error: passphrase must be set", "engine")
    ]


def test_steps_that_leave_a_resource_as_it_is_are_no_changes() -> None:
    lines = [step(op) for op in ("same", "refresh", "read", "replace")]
    assert outcome(0, lines).changed == [(URN, "replace")]
