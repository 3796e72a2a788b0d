"""Drain: one node of each pool is emptied as an upgrade empties it, by evictions that disruption budgets may refuse."""

from typing import Any

from gpuplane.fields import field
from gpuplane.rehearsal.api import Refused, key
from gpuplane.rehearsal.findings import Finding
from gpuplane.rehearsal.node_pools import is_daemon
from gpuplane.rehearsal.scenarios.floors import Floors
from gpuplane.rehearsal.scenarios.outcome import Outcome
from gpuplane.rehearsal.scenarios.stage import Stage
from gpuplane.rehearsal.snapshot import Snapshot
from gpuplane.rehearsal.verdict import pool_of

Object = dict[str, Any]


def hold(stage: Stage) -> Outcome:
    """Whether each drain ends, no server goes below its budget, and all is ready afterwards."""
    snapshot = stage.to_rest()
    found: list[Finding] = []
    notes: list[str] = []
    for node in _fullest(snapshot):
        drained = _drain(stage, node)
        found += drained.findings
        notes += drained.notes
    if not notes and not found:
        return Outcome(left_out="no node holds more than daemons")
    return Outcome(found, notes)


def _fullest(snapshot: Snapshot) -> list[Object]:
    """Of each pool the node with the most pods to evict, where there is one with any."""
    by_pool: dict[str, Object] = {}
    for node in snapshot.nodes:
        most = by_pool.setdefault(pool_of(node), node)
        if len(_evictable(node, snapshot)) > len(_evictable(most, snapshot)):
            by_pool[pool_of(node)] = node
    return [node for node in by_pool.values() if _evictable(node, snapshot)]


def _evictable(node: Object, snapshot: Snapshot) -> list[Object]:
    """The pods that a drain evicts: not those of DaemonSets, nor those that are over."""
    return [
        pod
        for pod in snapshot.pods
        if pod["spec"].get("nodeName") == node["metadata"]["name"]
        and not is_daemon(pod)
        and field(pod, "status.phase") not in ("Succeeded", "Failed")
    ]


def _drain(stage: Stage, node: Object) -> Outcome:
    name, pool = node["metadata"]["name"], pool_of(node)
    before = stage.snapshot()
    floors = Floors(stage.api, before)
    refused: dict[str, str] = {}
    stage.api.patch(node, {"spec": {"unschedulable": True}})

    def is_empty(now: Snapshot) -> bool:
        floors.see(now)
        waiting = [pod for pod in _evictable(node, now) if "deletionTimestamp" not in pod["metadata"]]
        for pod in waiting:
            try:
                stage.api.evict(pod)
                refused.pop(key(pod), None)
            except Refused as refusal:
                refused[key(pod)] = str(refusal)
        return not _evictable(node, now)

    after = stage.settle(is_empty)
    left = _evictable(node, after)
    found = [_blocked(stage, pod, pool, refused.get(key(pod), ""), after) for pod in left]
    for pod in left:
        stage.api.delete("v1", "Pod", pod["metadata"]["name"], pod["metadata"]["namespace"])
    stage.controllers.retire(name)
    after = stage.settle(lambda now: floors.see(now) is None and not stage.new_findings(now))
    found += stage.advised(stage.new_findings(after), after)
    if not left:
        found += floors.broken(stage.origins, f"while a node of {pool} is drained")
    kept = "; ".join(floors.kept())
    return Outcome(found, [f"{pool}: {name} drained" + (f", {kept}" if kept else "")])


def _blocked(stage: Stage, pod: Object, pool: str, words: str, snapshot: Snapshot) -> Finding:
    budget = next(
        (one for one in stage.api.list("policy/v1", "PodDisruptionBudget") if _covers(one, pod)),
        None,
    )
    keys = (stage.origins.key(budget, "transforms.disruption-budget", "spec"),) if budget else ()
    what = f"the drain of a node of {pool} does not end"
    return Finding(key(budget) if budget else key(pod), what, words, "API server" if words else "", keys)


def _covers(budget: Object, pod: Object) -> bool:
    selector: dict[str, str] = field(budget, "spec.selector.matchLabels", {})
    same_place = budget["metadata"]["namespace"] == pod["metadata"]["namespace"]
    return same_place and selector.items() <= field(pod, "metadata.labels", {}).items()
