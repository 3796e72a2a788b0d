"""Watches how many replicas of each server stay ready, and compares that with its disruption budget."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import KubernetesApi, condition, key
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.origins import Origins

Object = dict[str, Any]


class AvailabilityWatch:
    """Watches the ready replicas of all Deployments, starting from a snapshot."""

    def __init__(self, api: KubernetesApi, before: Snapshot) -> None:
        budgets = api.list("policy/v1", "PodDisruptionBudget")
        self._servers = {key(one): one for one in before.deployments if _ready(one)}
        self._least = {name: _ready(one) for name, one in self._servers.items()}
        self._allowed = {name: _allowed(one, budgets) for name, one in self._servers.items()}

    def observe(self, now: Snapshot) -> None:
        """Record the ready replicas in a snapshot."""
        for one in now.deployments:
            if key(one) in self._least:
                self._least[key(one)] = min(self._least[key(one)], _ready(one))

    def observe_pods(self, pods: Iterable[Object], now: Snapshot) -> None:
        """Record pods that are newer than the snapshot: the status of Deployments follows late."""
        owners = Counter(owner["uid"] for pod in pods if _is_up(pod) for owner in _owners(pod))
        for name, server in self._servers.items():
            sets = now.owned_by(server, "replica_sets")
            self._least[name] = min(self._least[name], sum(owners[one["metadata"]["uid"]] for one in sets))

    def summary(self) -> list[str]:
        """Return a line for each server that lost replicas."""
        return [
            f"{name} kept {least} of {_ready(self._servers[name])} replicas"
            for name, least in self._least.items()
            if least < _ready(self._servers[name])
        ]

    def violations(self, origins: Origins, when: str) -> list[Finding]:
        """Return the servers that went below their budget or, with several replicas, had none ready."""
        found: list[Finding] = []
        for name, least in self._least.items():
            server, allowed = self._servers[name], self._allowed[name]
            replicas = _ready(server)
            keys = (origins.key(server, "scaling.minReplicas", "spec.replicas"),)
            if allowed is not None and least < allowed:
                what = f"{least} of {replicas} replicas ready {when}, its disruption budget requires {allowed}"
                found.append(Finding(name, what, "", "", keys))
            elif replicas > 1 and least == 0:
                reason = "no disruption budget covers it" if allowed is None else ""
                found.append(Finding(name, f"none of {replicas} replicas ready {when}", reason, "rehearsal", keys))
        return found


def _ready(deployment: Object) -> int:
    return field(deployment, "status.readyReplicas", 0)


def _owners(pod: Object) -> list[Object]:
    return field(pod, "metadata.ownerReferences", [])


def _is_up(pod: Object) -> bool:
    return condition(pod, "Ready").get("status") == "True" and "deletionTimestamp" not in pod["metadata"]


def _allowed(deployment: Object, budgets: list[Object]) -> int | None:
    """Return the number of healthy pods that budgets over the Deployment's pods require."""
    labels: dict[str, str] = field(deployment, "spec.template.metadata.labels", {})
    wanted = [
        field(one, "status.desiredHealthy", 0)
        for one in budgets
        if one["metadata"]["namespace"] == deployment["metadata"]["namespace"]
        and field(one, "spec.selector.matchLabels", {}).items() <= labels.items()
    ]
    return max(wanted) if wanted else None
