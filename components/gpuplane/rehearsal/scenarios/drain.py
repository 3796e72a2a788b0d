"""Drain: nodes are drained one after the other, as in an upgrade, by evictions that disruption budgets may refuse.

Nodes with the same workloads give the same result: of each pool, the node with the most pods of a workload is drained,
until every workload has been on one.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import Refused, condition, key
from gpuplane.rehearsal.control_plane.snapshot import Snapshot, pool_of
from gpuplane.rehearsal.controllers.node_pools import is_daemon
from gpuplane.rehearsal.scenarios.availability import AvailabilityWatch
from gpuplane.rehearsal.scenarios.stage import Stage
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.outcome import Outcome

Object = dict[str, Any]

NEEDS_STEADY_STACK = True

# A pool, and a workload with pods on its nodes.
PoolWorkload = tuple[str, str]


def run(stage: Stage) -> Outcome:
    """Find drains that do not end, servers below their budget, and what is not ready afterwards."""
    snapshot = stage.to_rest()
    found: list[Finding] = []
    notes: list[str] = []
    tried: set[PoolWorkload] = set()
    while (node := next_node_to_drain(snapshot, tried)) is not None:
        tried |= largest_workloads(snapshot)[node["metadata"]["name"]]
        drained = _drain(stage, node)
        found += drained.findings
        notes += drained.notes
        snapshot = stage.snapshot()
    if not notes and not found:
        return Outcome(left_out="no node runs more than DaemonSet pods")
    return Outcome(list(dict.fromkeys(found)), notes)


def next_node_to_drain(snapshot: Snapshot, tried: Collection[PoolWorkload]) -> Object | None:
    """Return the node whose drain covers the most workloads that are left to try; None if none is left."""
    left = {name: len(shares.difference(tried)) for name, shares in largest_workloads(snapshot).items()}
    most = max(left.values(), default=0)
    return next((node for node in snapshot.nodes if most and left.get(node["metadata"]["name"]) == most), None)


def largest_workloads(snapshot: Snapshot) -> dict[str, set[PoolWorkload]]:
    """Return, by node, the workloads of which no node of its pool has more pods."""
    held = {
        node["metadata"]["name"]: Counter((pool_of(node), _workload(pod)) for pod in _evictable(node, snapshot))
        for node in snapshot.nodes
    }
    most = Counter[PoolWorkload]()
    for shares in held.values():
        most |= shares
    return {name: {one for one, count in shares.items() if count == most[one]} for name, shares in held.items()}


def _workload(pod: Object) -> str:
    """Return the uid of the pod's controller, or the pod's own key."""
    owners: list[Object] = field(pod, "metadata.ownerReferences", [])
    return next((str(owner["uid"]) for owner in owners), key(pod))


def _evictable(node: Object, snapshot: Snapshot) -> list[Object]:
    """Return the pods that a drain evicts: not those of DaemonSets, nor finished ones."""
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
    watch = AvailabilityWatch(stage.api, before)
    refused: dict[str, str] = {}
    stage.api.patch(node, {"spec": {"unschedulable": True}})

    def is_empty(now: Snapshot) -> bool:
        watch.observe(now)
        waiting = [pod for pod in _evictable(node, now) if "deletionTimestamp" not in pod["metadata"]]
        for pod in waiting:
            try:
                stage.api.evict(pod)
                refused.pop(key(pod), None)
            except Refused as refusal:
                refused[key(pod)] = str(refusal)
        if any(key(pod) not in refused for pod in waiting):
            watch.observe_pods(stage.api.list("v1", "Pod"), now)
        return not _evictable(node, now)

    after = stage.settle(is_empty)
    left = _evictable(node, after)
    found = [_blocked(stage, pod, pool, refused.get(key(pod), ""), after) for pod in left]
    for pod in left:
        stage.api.delete("v1", "Pod", pod["metadata"]["name"], pod["metadata"]["namespace"])
    stage.controllers.retire(name)
    after = stage.settle(lambda now: watch.observe(now) is None and not stage.new_findings(now))
    found += stage.advised(stage.new_findings(after), after)
    if not left:
        found += watch.violations(stage.origins, f"while a node of {pool} is drained")
    kept = "; ".join(watch.summary())
    return Outcome(found, [f"{pool}: {name} drained" + (f", {kept}" if kept else "")])


def _blocked(stage: Stage, pod: Object, pool: str, words: str, snapshot: Snapshot) -> Finding:
    """Explain why a pod stays: its budget allows no eviction, often because evicted pods find no other node."""
    budgets = stage.api.list("policy/v1", "PodDisruptionBudget")
    budget = next((one for one in budgets if _covers(one, pod)), None)
    said = Finding(key(pod), f"draining a node of {pool} does not finish", words, "API server" if words else "")
    if not budget:
        return said
    keys = (stage.origins.key(budget, "transforms.disruption-budget", "spec"),)
    homeless = next((one for one in snapshot.pods if _covers(budget, one) and _is_unschedulable(one)), None)
    if homeless:
        words = str(condition(homeless, "PodScheduled").get("message", ""))
        said = Finding(key(homeless), f"{said.what}, evicted pods find no other node", words, "scheduler")
        keys = (*stage.advised([said], snapshot)[0].keys, *keys)
    return replace(said, object=key(budget), keys=keys)


def _is_unschedulable(pod: Object) -> bool:
    return condition(pod, "PodScheduled").get("reason") == "Unschedulable"


def _covers(budget: Object, pod: Object) -> bool:
    selector: dict[str, str] = field(budget, "spec.selector.matchLabels", {})
    same_place = budget["metadata"]["namespace"] == pod["metadata"]["namespace"]
    return same_place and selector.items() <= field(pod, "metadata.labels", {}).items()
