"""What is not ready, and why, in the words of the API server, the scheduler or the provisioner."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import condition, key
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.device_plugins import DevicePlugins
from gpuplane.rehearsal.controllers.volumes import provision

Object = dict[str, Any]


@dataclass(frozen=True, order=True)
class Finding:
    """A fault that keeps the stack from being ready.

    Attributes:
        object: The object at fault, such as `Deployment ml-prod/resnet50`, a resource's type and name, or a config key.
        what: The fault, such as `1 of 3 replicas ready`.
        reason: Why, in the words of its source; empty if there is none.
        source: Who gives the reason: `API server`, `scheduler`, `provisioner`, `device plugin`,
            `GKE`, `EKS`, `program`, `config`.
        keys: The config keys of which one has to change; empty if the stack's config does not decide it. Findings that
            differ only in their keys are equal.
    """

    object: str
    what: str
    reason: str = ""
    source: str = ""
    keys: tuple[str, ...] = dataclasses.field(default=(), compare=False)


def findings(snapshot: Snapshot) -> list[Finding]:
    """Return everything that is not ready, in a stable order; empty if all is ready."""
    return sorted(
        {
            *_deployments(snapshot),
            *_daemon_sets(snapshot),
            *_stateful_sets(snapshot),
            *_jobs(snapshot),
            *_claims(snapshot),
            *_services(snapshot),
            *_lone_pods(snapshot),
            *_device_plugins(snapshot),
        }
    )


def _device_plugins(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield one finding per reason, with the number of nodes."""
    plugins = DevicePlugins(snapshot)
    problems = [problem for node in snapshot.nodes for problem in plugins.problems(node)]
    nodes = Counter((_owner(one.pod), one.what, one.reason) for one in problems)
    for (owner, what, reason), count in nodes.items():
        yield Finding(owner, f"{what} on {count} node{'s' if count > 1 else ''}", reason, "device plugin")


def _owner(pod: Object) -> str:
    """Return the pod's controller, or the pod itself without one."""
    namespace = pod["metadata"]["namespace"]
    for owner in field(pod, "metadata.ownerReferences", []):
        return f"{owner['kind']} {namespace}/{owner['name']}"
    return f"Pod {namespace}/{pod['metadata']['name']}"


def wanted_replicas(deployment: Object, snapshot: Snapshot) -> int:
    """Return the replicas at rest: at least the autoscaler's minimum, or the Deployment's own."""
    metadata = deployment["metadata"]
    for autoscaler in snapshot.autoscalers:
        target = autoscaler["spec"]["scaleTargetRef"]
        same_place = autoscaler["metadata"]["namespace"] == metadata["namespace"]
        if same_place and target["kind"] == deployment["kind"] and target["name"] == metadata["name"]:
            return max(autoscaler["spec"].get("minReplicas", 1), deployment["spec"].get("replicas", 1))
    return deployment["spec"].get("replicas", 1)


def _deployments(snapshot: Snapshot) -> Iterator[Finding]:
    for deployment in snapshot.deployments:
        status, wanted = field(deployment, "status", {}), wanted_replicas(deployment, snapshot)
        ready, updated = status.get("readyReplicas", 0), status.get("updatedReplicas", 0)
        is_seen = status.get("observedGeneration", 0) >= deployment["metadata"]["generation"]
        if is_seen and min(ready, updated) >= wanted and status.get("replicas", 0) == updated:
            continue
        replica_sets = snapshot.owned_by(deployment, "replica_sets")
        pods = [pod for one in replica_sets for pod in snapshot.owned_by(one, "pods")]
        yield from _explained(deployment, f"{ready} of {wanted} replicas ready", replica_sets, pods, snapshot)


def _daemon_sets(snapshot: Snapshot) -> Iterator[Finding]:
    for daemon_set in snapshot.daemon_sets:
        status = field(daemon_set, "status", {})
        wanted, ready = status.get("desiredNumberScheduled", 0), status.get("numberReady", 0)
        is_seen = status.get("observedGeneration", 0) >= daemon_set["metadata"]["generation"]
        if not is_seen or ready < wanted:
            pods = snapshot.owned_by(daemon_set, "pods")
            yield from _explained(daemon_set, f"{ready} of {wanted} pods ready", [daemon_set], pods, snapshot)


def _stateful_sets(snapshot: Snapshot) -> Iterator[Finding]:
    for stateful_set in snapshot.stateful_sets:
        wanted = stateful_set["spec"].get("replicas", 1)
        ready = field(stateful_set, "status.readyReplicas", 0)
        if ready < wanted:
            pods = snapshot.owned_by(stateful_set, "pods")
            yield from _explained(stateful_set, f"{ready} of {wanted} replicas ready", [stateful_set], pods, snapshot)


def _jobs(snapshot: Snapshot) -> Iterator[Finding]:
    for job in snapshot.jobs:
        if condition(job, "Complete").get("status") != "True":
            yield from _explained(job, "not complete", [job], snapshot.owned_by(job, "pods"), snapshot)


def _claims(snapshot: Snapshot) -> Iterator[Finding]:
    _, refused = provision(snapshot.claims, snapshot.classes, snapshot.volumes)
    reasons = {refusal.claim["metadata"]["uid"]: refusal.reason for refusal in refused}
    names = sorted(one["metadata"]["name"] for one in snapshot.classes)
    for claim in snapshot.claims:
        if field(claim, "status.phase") == "Bound":
            continue
        wanted = claim["spec"].get("storageClassName", "")
        if wanted not in names:
            reason = f"no storage class {wanted!r} in this cluster, available: {', '.join(names)}"
        else:
            reason = reasons.get(claim["metadata"]["uid"], "waiting for the first pod that mounts it to be scheduled")
        yield Finding(key(claim), "not bound", reason, "provisioner")


def _services(snapshot: Snapshot) -> Iterator[Finding]:
    for service in snapshot.services:
        is_balancer = service["spec"].get("type") == "LoadBalancer"
        if is_balancer and not field(service, "status.loadBalancer.ingress"):
            yield Finding(key(service), "no address")


def _lone_pods(snapshot: Snapshot) -> Iterator[Finding]:
    for pod in snapshot.pods:
        if not field(pod, "metadata.ownerReferences") and not _is_well(pod):
            yield from _explained(pod, "not ready", [], [pod], snapshot)


def _explained(
    obj: Object, what: str, owners: Iterable[Object], pods: Iterable[Object], snapshot: Snapshot
) -> Iterator[Finding]:
    """Yield the finding once per reason why pods were not created or do not run."""
    said = {
        *((reason, "API server") for owner in owners for reason in _creation_failures(owner, snapshot)),
        *(_pod_reason(pod) for pod in pods if not _is_well(pod)),
    }
    for reason, source in sorted(said) or [("", "")]:
        yield Finding(key(obj), what, reason, source)


def _creation_failures(owner: Object, snapshot: Snapshot) -> list[str]:
    failed = condition(owner, "ReplicaFailure")
    if failed.get("status") == "True":
        return [_without_pod_name(failed.get("message", ""))]
    events = [
        event
        for event in snapshot.events
        if event["involvedObject"].get("uid") == owner["metadata"]["uid"] and event.get("reason") == "FailedCreate"
    ]
    return [_without_pod_name(str(events[-1].get("message", "")))] if events else []


def _without_pod_name(message: str) -> str:
    """Return the API server's message without a generated pod name."""
    return message.split(" is forbidden: ", 1)[-1]


def _pod_reason(pod: Object) -> tuple[str, str]:
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") != "True":
        return str(scheduled.get("message") or "not scheduled yet"), "scheduler"
    statuses: list[Object] = field(pod, "status.containerStatuses", [])
    waiting = [one["state"]["waiting"] for one in statuses if field(one, "state.waiting") is not None]
    if waiting:
        return str(waiting[0].get("message") or waiting[0].get("reason") or "container waits"), "kubelet"
    return str(condition(pod, "Ready").get("message") or "not ready yet"), "kubelet"


def _is_well(pod: Object) -> bool:
    if field(pod, "status.phase") == "Succeeded":
        return True
    return condition(pod, "Ready").get("status") == "True" or "deletionTimestamp" in pod["metadata"]
