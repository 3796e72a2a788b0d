"""Finds the config keys to change by the words of the API server, the scheduler or the provisioner."""

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from gpuplane.hardware import EFA_RESOURCE, HUGE_PAGES_RESOURCE
from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import key
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.node_pools import PoolState
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.origins import Origins
from gpuplane.simulation.nodes.node import EFA_ANNOTATION
from gpuplane.simulation.nodes.pool import CLUSTER_AUTOSCALER, KARPENTER
from gpuplane.sizing.fit import admits, allocatable, holds, requests
from gpuplane.tenancy.quota_keys import QUOTA_STACK_KEYS

Object = Mapping[str, Any]

# Resources that a pod requests, and the argument of its server for each.
_REQUEST_ARGUMENTS = {
    "cpu": "cpu.request",
    "memory": "memory.request",
    EFA_RESOURCE: "transforms",
    HUGE_PAGES_RESOURCE: "transforms",
}
# Node autoscalers: the component of each, and its key in a stack.
_SCALERS = {CLUSTER_AUTOSCALER: "ClusterAutoscaler", KARPENTER: "Karpenter"}


@dataclasses.dataclass(frozen=True)
class Advice:
    """Finds which keys of the stack's config a finding is about."""

    origins: Origins
    pools: Sequence[PoolState]

    def on(self, findings: Iterable[Finding], snapshot: Snapshot) -> list[Finding]:
        """Add the config keys to the findings, of which one has to change."""
        known = {key(obj): obj for kind in _KINDS for obj in getattr(snapshot, kind)}
        return [
            one
            if one.keys
            else dataclasses.replace(one, keys=tuple(dict.fromkeys(filter(None, self._keys(one, known, snapshot)))))
            for one in findings
        ]

    def replicas_key(self, obj: Object, snapshot: Snapshot) -> str:
        """Return the key of a workload's maximum of replicas: its autoscaler's, or its own."""
        metadata = obj["metadata"]
        for autoscaler in snapshot.autoscalers:
            target = autoscaler["spec"]["scaleTargetRef"]
            place, name = autoscaler["metadata"]["namespace"], target["name"]
            is_ours = self.origins.resource(autoscaler) is not None
            if is_ours and (place, target["kind"], name) == (metadata["namespace"], obj["kind"], metadata["name"]):
                return self.origins.key(autoscaler, "scaling.maxReplicas", "spec.maxReplicas")
        return self.origins.key(obj, "scaling.maxReplicas", "spec.replicas")

    def _keys(self, finding: Finding, known: Mapping[str, Object], snapshot: Snapshot) -> Iterator[str]:
        obj = known.get(finding.object)
        if not obj:
            return
        lacking = {pool.lacks for pool in self.pools if _would_grow(pool, obj)} if finding.source == "scheduler" else ()
        if lacking:
            yield from (self.origins.stack_key(_SCALERS[name], "enabled") for name in sorted(lacking))
            return
        for words, keys in _RULES:
            match = re.search(words, finding.reason, re.DOTALL)
            if match:
                yield from keys(self, match, obj, snapshot)
                return


def _would_grow(pool: PoolState, obj: Object) -> bool:
    """Return whether a pool would add a node for the object's pods if its node autoscaler were running."""
    if not pool.lacks or "spec" not in obj:
        return False
    return _would_hold(pool, _pod_spec(obj))


def _would_hold(pool: PoolState, spec: Mapping[str, Any]) -> bool:
    """Return whether an empty node of the pool takes a pod."""
    return admits(pool.template, spec) and holds(allocatable(pool.template), requests(spec))


def _quota(advice: Advice, match: re.Match[str], obj: Object, snapshot: Snapshot) -> Iterator[str]:
    for resource in re.findall(r"([\w./-]+)=", match["requested"]):
        argument = QUOTA_STACK_KEYS.get(resource)
        path = f"quota.{argument}" if argument else "quota"
        namespace = obj["metadata"]["namespace"]
        quota = {"kind": "ResourceQuota", "metadata": {"name": match["quota"], "namespace": namespace}}
        yield advice.origins.key(quota, path, f"spec.hard[{resource}]")
    yield advice.replicas_key(obj, snapshot)


def _insufficient(advice: Advice, match: re.Match[str], obj: Object, snapshot: Snapshot) -> Iterator[str]:
    spec = _pod_spec(obj)
    open_to_it = [pool for pool in advice.pools if admits(pool.template, spec)]
    big_enough = [pool for pool in open_to_it if _would_hold(pool, spec)]
    if big_enough:
        for pool in big_enough:
            yield advice.origins.pool_key(pool.name, "maxNodes", "its largest size")
        yield advice.replicas_key(obj, snapshot)
    elif open_to_it:
        # The scheduler's message may predate the node's devices.
        lacking = [name for name in requests(spec) if not any(_has(pool, name, spec) for pool in open_to_it)]
        resource = next(iter(lacking), match["resource"])
        if resource == EFA_RESOURCE and not any(EFA_RESOURCE in allocatable(pool.template) for pool in open_to_it):
            yield from _without_efa(advice, open_to_it)
            return
        path = _REQUEST_ARGUMENTS.get(resource, "gpu.count")
        yield advice.origins.key(obj, path, f"spec.template.spec.containers.resources.requests[{resource}]")
        for pool in open_to_it:
            yield advice.origins.pool_key(pool.name, "machineType", "its machine type")


def _has(pool: PoolState, resource: str, spec: Mapping[str, Any]) -> bool:
    """Return whether an empty node of the pool has as much of the resource as the pod requests."""
    return holds(allocatable(pool.template), {resource: requests(spec)[resource]})


def _without_efa(advice: Advice, pools: Sequence[PoolState]) -> Iterator[str]:
    """Yield the key of the EFA device plugin for nodes with interfaces, else those of the pools."""
    if any(EFA_ANNOTATION in field(pool.template, "metadata.annotations", {}) for pool in pools):
        yield advice.origins.stack_key("EfaDevicePlugin")
        return
    for pool in pools:
        yield advice.origins.pool_key(pool.name, "efa", "its EFA interfaces")


def _cordoned(advice: Advice, match: re.Match[str], obj: Object, snapshot: Snapshot) -> Iterator[str]:
    """Yield the keys of a pool's maximum: pods that fit on cordoned nodes fit on one more."""
    spec = _pod_spec(obj)
    for pool in advice.pools:
        if _would_hold(pool, spec):
            yield advice.origins.pool_key(pool.name, "maxNodes", "its largest size")


def _taint(advice: Advice, match: re.Match[str], obj: Object, snapshot: Snapshot) -> Iterator[str]:
    yield advice.origins.key(obj, "tolerations", "spec.template.spec.tolerations")


def _placement(advice: Advice, match: re.Match[str], obj: Object, snapshot: Snapshot) -> Iterator[str]:
    yield advice.origins.key(obj, "gpu", "spec.template.spec.nodeSelector")


def _claim(advice: Advice, match: re.Match[str], obj: Object, snapshot: Snapshot) -> Iterator[str]:
    yield advice.origins.key(obj, "storage.claim", "spec.template.spec.volumes")


def _class(advice: Advice, match: re.Match[str], obj: Object, snapshot: Snapshot) -> Iterator[str]:
    yield advice.origins.key(obj, "storage.claim.storageClass", "spec.storageClassName")
    yield advice.origins.key(obj, "storage.claim.accessMode", "spec.accessModes")


def _pod_security(advice: Advice, match: re.Match[str], obj: Object, snapshot: Snapshot) -> Iterator[str]:
    yield advice.origins.key(obj, "transforms.deployment", "spec.template.spec")
    yield advice.origins.tenant_key(obj["metadata"]["namespace"], "podSecurity", "metadata.labels")


_Rule = Callable[[Advice, re.Match[str], Object, Snapshot], Iterator[str]]

# The first match decides.
_RULES: list[tuple[str, _Rule]] = [
    (r"exceeded quota: (?P<quota>\S+), requested: (?P<requested>\S+), used", _quota),
    (r"violates PodSecurity", _pod_security),
    (r"cannot provide|no storage class|no provisioner", _class),
    (r"persistentvolumeclaim|PersistentVolumeClaim", _claim),
    (r"Insufficient (?P<resource>[^\s,.]+(?:\.[^\s,.]+)*)", _insufficient),
    (r"were unschedulable", _cordoned),
    (r"untolerated taint", _taint),
    (r"node affinity/selector", _placement),
]

_KINDS = ("deployments", "daemon_sets", "stateful_sets", "jobs", "claims", "services", "pods")


def _pod_spec(obj: Object) -> Mapping[str, Any]:
    return obj["spec"] if obj["kind"] == "Pod" else obj["spec"]["template"]["spec"]
