"""Peak: every autoscaler goes to its maximum under load, and node pools grow with it."""

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import condition, key
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.scenarios.autoscalers import autoscalers
from gpuplane.rehearsal.scenarios.stage import Stage
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.outcome import Outcome

NEEDS_STEADY_STACK = False


def run(stage: Stage) -> Outcome:
    """Find what stays pending at the peak, and which quota refuses pods."""
    if not autoscalers(stage.snapshot()):
        return Outcome(left_out="no autoscaler")
    snapshot = stage.to_peak()
    found = [*stage.new_findings(snapshot), *_stuck(stage, snapshot)]
    reached = [
        f"{one.target_name} has {field(one.target(snapshot), 'status.readyReplicas', 0)} of {one.maximum} replicas"
        for one in autoscalers(snapshot)
    ]
    sizes = [f"{pool.name} has {pool.nodes} of {pool.maximum} nodes" for pool in stage.controllers.pools()]
    return Outcome(stage.advised(found, snapshot), [", ".join([*reached, *sizes])])


def _stuck(stage: Stage, snapshot: Snapshot) -> list[Finding]:
    """Return autoscalers that stay below their maximum under load."""
    return [
        Finding(
            key(one.obj),
            f"stops at {one.replicas(snapshot)} of {one.maximum} replicas",
            str(
                condition(one.obj, "ScalingLimited").get("message") or condition(one.obj, "AbleToScale").get("message")
            ),
            "autoscaler",
            (stage.origins.key(one.obj, "scaling", "spec"),),
        )
        for one in autoscalers(snapshot)
        if one.replicas(snapshot) < one.maximum
    ]
