"""Tenant: a foreign pod is privileged, exceeds every quota, or lands on a GPU node without asking for GPUs."""

from collections.abc import Iterable, Iterator
from typing import Any

from gpuplane.kubernetes import quantity
from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import Refused, condition, key
from gpuplane.rehearsal.control_plane.snapshot import Snapshot, pool_of
from gpuplane.rehearsal.scenarios.stage import Stage
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.outcome import Outcome
from gpuplane.sizing.fit import admits
from gpuplane.tenancy.quota_keys import QUOTA_STACK_KEYS

Object = dict[str, Any]

NEEDS_STEADY_STACK = False

NAME = "stranger"
IMAGE = "registry.example.com/stranger:v1"
COMPONENT = "TenantNamespace"
ENFORCED = "pod-security.kubernetes.io/enforce"
SMALL = {"cpu": "10m", "memory": "16Mi"}


def run(stage: Stage) -> Outcome:
    """Find forbidden pods that are admitted."""
    snapshot = stage.to_rest()
    tenants = [one for one in stage.api.list("v1", "Namespace") if _is_tenant(stage, one, snapshot)]
    if not tenants:
        return Outcome(left_out="no tenant namespace")
    found: list[Finding] = []
    notes: list[str] = []
    for tenant in tenants:
        tried = [*_privileged(stage, tenant), *_oversized(stage, tenant, snapshot)]
        found += tried
        if not tried:
            notes.append(f"{key(tenant)} refuses a privileged pod and one over its quota")
    found += _intruders(stage, tenants[0]["metadata"]["name"], snapshot)
    return Outcome(found, notes)


def _is_tenant(stage: Stage, namespace: Object, snapshot: Snapshot) -> bool:
    """Return whether the namespace is a TenantNamespace's or, in a program without components, has a quota."""
    if stage.origins.component(namespace) == COMPONENT:
        return True
    name = namespace["metadata"]["name"]
    has_quota = any(quota["metadata"]["namespace"] == name for quota in snapshot.quotas)
    return stage.origins.resource(namespace) is not None and not stage.origins.component(namespace) and has_quota


def _privileged(stage: Stage, namespace: Object) -> Iterator[Finding]:
    stranger = pod(namespace["metadata"]["name"], SMALL)
    stranger["spec"]["containers"][0]["securityContext"] = {"privileged": True}
    if not stage.api.try_create(stranger):
        enforced = field(namespace, "metadata.labels", {}).get(ENFORCED, "none")
        yield Finding(
            key(namespace),
            "admits a privileged pod",
            f"its pod security level: {enforced}",
            "API server",
            (stage.origins.key(namespace, "podSecurity", f"metadata.labels[{ENFORCED}]"),),
        )


def _oversized(stage: Stage, namespace: Object, snapshot: Snapshot) -> Iterator[Finding]:
    """Try pods that ask for more of a resource than all pools could have."""
    name = namespace["metadata"]["name"]
    for resource, most in sorted(_most(stage, name, snapshot).items()):
        if not stage.api.try_create(pod(name, {**SMALL, resource: most})):
            path = f"quota.{QUOTA_STACK_KEYS.get(f'requests.{resource}', f'gpuResources[{resource}]')}"
            yield Finding(
                key(namespace),
                f"admits a pod that requests {most} {resource}",
                "no quota limits it",
                "API server",
                (stage.origins.key(namespace, path, f"a ResourceQuota on requests.{resource}"),),
            )


def _most(stage: Stage, namespace: str, snapshot: Snapshot) -> dict[str, str]:
    """Return amounts that no pool can have, of CPU, memory and each kind of GPU in the pools."""
    asked = {"cpu": "100000", "memory": "1Pi"}
    for pool in stage.controllers.pools():
        for resource in pool.template["status"]["allocatable"]:
            if resource.startswith("nvidia.com/"):
                asked[resource] = "100000"
    return asked


def _intruders(stage: Stage, namespace: str, snapshot: Snapshot) -> list[Finding]:
    """Try a small pod without GPUs and tolerations on a node of each GPU pool."""
    found: list[Finding] = []
    for node in _gpu_nodes(snapshot):
        pool = pool_of(node)
        stranger = pod(namespace, SMALL)
        stranger["metadata"]["name"] = f"{NAME}-{pool}"
        stranger["spec"]["nodeSelector"] = {"kubernetes.io/hostname": node["metadata"]["name"]}
        try:
            stage.api.create(stranger)
        except Refused:  # the quota is full: the node's taints decide
            if admits(node, stranger["spec"]):
                found.append(_intrusion(stage, pool))
            continue
        try:
            if _is_scheduled(stage, stranger):
                found.append(_intrusion(stage, pool))
        finally:
            stage.api.delete("v1", "Pod", stranger["metadata"]["name"], namespace, at_once=True)
    return found


def _is_scheduled(stage: Stage, stranger: Object) -> bool:
    """Wait for the scheduler's decision on a pod."""

    def said(snapshot: Snapshot) -> Object:
        same = [one for one in snapshot.pods if key(one) == key(stranger)]
        return dict(condition(same[0], "PodScheduled")) if same else {}

    return said(stage.settle(lambda now: bool(said(now)))).get("status") == "True"


def _intrusion(stage: Stage, pool: str) -> Finding:
    keys = (stage.origins.pool_key(pool, "transforms", "its taints"),)
    return Finding(f"pool {pool}", "accepts a pod without GPUs and tolerations", "", "scheduler", keys)


def _gpu_nodes(snapshot: Snapshot) -> Iterable[Object]:
    """Return one node with GPUs of each pool."""
    first: dict[str, Object] = {}
    for node in snapshot.nodes:
        shown = node["status"]["allocatable"].items()
        if any(name.startswith("nvidia.com/") and quantity.parse(amount) for name, amount in shown):
            first.setdefault(pool_of(node), node)
    return first.values()


def pod(namespace: str, requests: dict[str, str]) -> Object:
    """Return a pod that every pod security level admits."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": NAME, "namespace": namespace},
        "spec": {
            "automountServiceAccountToken": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 1000,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "stranger",
                    "image": IMAGE,
                    "resources": {"requests": requests, "limits": requests},
                    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                }
            ],
        },
    }
