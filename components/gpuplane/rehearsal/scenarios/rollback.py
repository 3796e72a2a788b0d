"""Rollback: the old image is applied again, as `pulumi up` of the old program does."""

from typing import Any

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import key
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.scenarios.rollout import roll_back, roll_out
from gpuplane.rehearsal.scenarios.stage import Stage
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.outcome import Outcome

Object = dict[str, Any]

NEEDS_STEADY_STACK = True


def run(stage: Stage) -> Outcome:
    """Find whether the old ReplicaSet is kept, and what is not ready on it."""
    before = stage.to_rest()
    servers = {key(one): one for one in before.deployments if key(one) in stage.manifests}
    if not servers:
        return Outcome(left_out="the stack has no Deployment")
    if not stage.is_rolled_out:
        roll_out(stage, servers)
        before = stage.ready()
    kept = {name: _old_version(stage.manifests[name], before) for name in servers}
    roll_back(stage, servers)
    after = stage.ready()
    found = stage.new_findings(after)
    for name, one in servers.items():
        if kept[name] is None:
            found.append(_lost_revision(stage, one))
        elif kept[name] != _old_version(stage.manifests[name], after):
            found.append(Finding(name, "the rollback created a new ReplicaSet in place of the old one"))
    return Outcome(stage.advised(found, after))


def _old_version(manifest: Object, snapshot: Snapshot) -> str | None:
    """Return the name of the ReplicaSet with the manifest's image; None if it is gone."""
    for deployment in snapshot.deployments:
        if key(deployment) != key(manifest):
            continue
        for one in snapshot.owned_by(deployment, "replica_sets"):
            if _image(one) == _image(manifest):
                return str(one["metadata"]["name"])
    return None


def _image(obj: Object) -> str:
    return str(obj["spec"]["template"]["spec"]["containers"][0]["image"])


def _lost_revision(stage: Stage, deployment: Object) -> Finding:
    limit = field(deployment, "spec.revisionHistoryLimit", 10)
    path = "spec.revisionHistoryLimit"
    return Finding(
        key(deployment),
        "no old ReplicaSet to roll back to",
        f"its ReplicaSet is gone, revisionHistoryLimit is {limit}",
        "rehearsal",
        (stage.origins.key(deployment, f"transforms.deployment.{path}", path),),
    )
