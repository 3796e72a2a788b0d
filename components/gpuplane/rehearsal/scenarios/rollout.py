"""Rollout: every server gets a new image at once, at the peak, where no GPU is spare."""

import copy
import math
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import key
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.scenarios.stage import Stage
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.outcome import Outcome

Object = dict[str, Any]

NEEDS_STEADY_STACK = True

_SUFFIX = "-rehearsed"


def run(stage: Stage) -> Outcome:
    """Find rollouts that do not end, and servers that lose too many replicas meanwhile."""
    before = stage.to_peak()
    notes: list[str] = []
    if stage.new_findings(before):
        notes.append("run at rest, since the peak is not reached")
        before = stage.to_rest()
    servers = {key(one): one for one in before.deployments if key(one) in stage.manifests}
    if not servers:
        return Outcome(left_out="the stack has no Deployment")
    lowest: dict[str, int] = defaultdict(lambda: 2**31)

    def is_done(now: Snapshot) -> bool:
        for one in now.deployments:
            lowest[key(one)] = min(lowest[key(one)], field(one, "status.availableReplicas", 0))
        return not stage.new_findings(now)

    roll_out(stage, servers)
    after = stage.settle(is_done)
    reset = _undone_scaling(stage, servers)
    undisturbed = {name: one for name, one in servers.items() if name not in {finding.object for finding in reset}}
    found = [
        *(_stopped(one, after) for one in stage.new_findings(after)),
        *reset,
        *_outages(stage, undisturbed, lowest),
    ]
    notes += [f"{name} keeps {floor(one)} of {_replicas(one)} replicas" for name, one in undisturbed.items()]
    outcome = Outcome(stage.advised(found, after), notes)
    if stage.new_findings(after):
        roll_back(stage, servers)
        stage.ready()
    return outcome


def roll_out(stage: Stage, servers: Mapping[str, Object]) -> None:
    """Give each Deployment a new image, as the next `pulumi up` does."""
    for name in servers:
        stage.api.apply(with_new_image(stage.manifests[name]))
    stage.is_rolled_out = True


def roll_back(stage: Stage, servers: Mapping[str, Object]) -> None:
    """Give each Deployment its old image, as `pulumi up` of the old program does."""
    for name in servers:
        stage.api.apply(stage.manifests[name])
    stage.is_rolled_out = False


def with_new_image(manifest: Object) -> Object:
    """Return the Deployment with another version of its first container's image.

    Example:
        >>> pod = {"containers": [{"image": "bert@sha256:" + "0" * 64}]}
        >>> new = with_new_image({"spec": {"template": {"spec": pod}}})
        >>> new["spec"]["template"]["spec"]["containers"][0]["image"][:20]
        'bert@sha256:11111111'
    """
    changed = copy.deepcopy(manifest)
    container = changed["spec"]["template"]["spec"]["containers"][0]
    name, at, digest = str(container["image"]).partition("@sha256:")
    other = "1" if not digest.startswith("1") else "2"
    container["image"] = f"{name}{at}{other * 64}" if at else f"{name}{_SUFFIX}"
    return changed


def floor(deployment: Object) -> int:
    """Return the number of replicas that the Deployment's strategy keeps available.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment

    Example:
        >>> rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%"}}
        >>> floor({"spec": {"replicas": 10, "strategy": rolling}})
        8
    """
    replicas = _replicas(deployment)
    if field(deployment, "spec.strategy.type") == "Recreate":
        return 0
    most = field(deployment, "spec.strategy.rollingUpdate.maxUnavailable", "25%")
    return replicas - (int(most) if isinstance(most, int) else math.floor(replicas * int(most.rstrip("%")) / 100))


def _replicas(deployment: Object) -> int:
    return field(deployment, "spec.replicas", 1)


def _stopped(finding: Finding, after: Snapshot) -> Finding:
    """Return the finding as one of a rollout that does not end."""
    for one in after.deployments:
        if key(one) == finding.object:
            new, wanted = field(one, "status.updatedReplicas", 0), _replicas(one)
            what = f"the rollout stops with {new} of {wanted} replicas updated, {finding.what}"
            return Finding(finding.object, what, finding.reason, finding.source)
    return finding


def _undone_scaling(stage: Stage, servers: Mapping[str, Object]) -> list[Finding]:
    """Return updates that undo what the autoscaler has done."""
    return [
        Finding(
            name,
            f"the update takes {_replicas(one)} replicas down to {said}",
            "the program sets spec.replicas, which its autoscaler owns",
            "rehearsal",
            (stage.origins.key(one, "transforms.deployment.spec.replicas", "spec.replicas"),),
        )
        for name, one in servers.items()
        if (said := field(stage.manifests[name], "spec.replicas")) is not None and said < _replicas(one)
    ]


def _outages(stage: Stage, servers: Mapping[str, Object], lowest: Mapping[str, int]) -> list[Finding]:
    found: list[Finding] = []
    for name, one in servers.items():
        keys = (stage.origins.key(one, "transforms.deployment.spec.strategy", "spec.strategy"),)
        replicas, least = _replicas(one), lowest[name]
        if replicas > 1 and floor(one) <= 0:
            # KWOK's pods are ready at once, real ones load their model first: only the strategy shows it.
            found.append(Finding(name, f"the rollout may remove all {replicas} replicas at once", "", "", keys))
        elif least < min(floor(one), replicas):
            what = f"{least} of {replicas} replicas available during the rollout, its strategy keeps {floor(one)}"
            found.append(Finding(name, what, "", "", keys))
    return found
