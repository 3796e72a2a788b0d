"""Steady: everything is ready, references exist, quotas count, and autoscalers can scale."""

from gpuplane.rehearsal.control_plane.api import key
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.scenarios.autoscalers import autoscalers
from gpuplane.rehearsal.scenarios.stage import Stage
from gpuplane.rehearsal.verdict.findings import Finding, findings
from gpuplane.rehearsal.verdict.idle_quotas import idle_quotas
from gpuplane.rehearsal.verdict.outcome import Outcome
from gpuplane.rehearsal.verdict.references import missing_references, unwritten_claims

NEEDS_STEADY_STACK = False


def run(stage: Stage) -> Outcome:
    """Wait until everything is ready and every autoscaler reads its metrics."""
    snapshot = stage.settle(lambda now: not findings(now) and all(one.is_active for one in autoscalers(now)))
    stage.first = snapshot
    found = [
        *findings(snapshot),
        *missing_references(stage.api, snapshot, stage.origins),
        *unwritten_claims(snapshot, stage.origins),
        *idle_quotas(snapshot, stage.origins),
        *_inactive(stage, snapshot),
    ]
    return Outcome(sorted(set(stage.advised(found, snapshot))))


def _inactive(stage: Stage, snapshot: Snapshot) -> list[Finding]:
    """Return autoscalers that cannot scale though their target has ready pods."""
    return [
        Finding(
            key(one.obj),
            "cannot scale",
            str(one.inactive.get("message", "")),
            "autoscaler",
            (stage.origins.key(one.obj, "scaling", "spec.metrics"),),
        )
        for one in autoscalers(snapshot)
        if one.inactive and one.has_ready_pods(snapshot)
    ]
