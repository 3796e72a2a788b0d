"""The stack that scenarios act on, and how to bring it to its peak and back to rest."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import KubernetesApi
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.cloud_controllers import CloudControllers
from gpuplane.rehearsal.controllers.settling import settled
from gpuplane.rehearsal.metrics.load import Load
from gpuplane.rehearsal.scenarios.autoscalers import Autoscaler, autoscalers
from gpuplane.rehearsal.verdict.advice import Advice
from gpuplane.rehearsal.verdict.findings import Finding, findings
from gpuplane.rehearsal.verdict.origins import Origins

Object = dict[str, Any]


def without_min_ready_seconds(obj: Object) -> Object:
    """Return a workload without `minReadySeconds`, which waits for crashes that cannot happen here.

    Example:
        >>> without_min_ready_seconds({"kind": "Deployment", "spec": {"minReadySeconds": 10, "replicas": 1}})
        {'kind': 'Deployment', 'spec': {'replicas': 1}}
    """
    if field(obj, "spec.minReadySeconds") is None:
        return obj
    return {**obj, "spec": {key: value for key, value in obj["spec"].items() if key != "minReadySeconds"}}


class Stage:
    """The stack that scenarios act on and restore.

    Args:
        api: The rehearsal's API server.
        controllers: The controllers of its clouds.
        origins: Finds config keys.
        manifests: The program's objects, by `Kind namespace/name`; kept without `minReadySeconds`.
        load: The load on the pods.
        check_alive: Raises if the control plane has ended.

    Attributes:
        known: The findings of `steady`.
        first: The cluster as `steady` left it.
        is_rolled_out: Whether the servers have the new image.
    """

    def __init__(
        self,
        api: KubernetesApi,
        controllers: CloudControllers,
        origins: Origins,
        manifests: Mapping[str, Object],
        load: Load,
        check_alive: Callable[[], None],
    ) -> None:
        self.api = api
        self.controllers = controllers
        self.origins = origins
        self.manifests = {name: without_min_ready_seconds(obj) for name, obj in manifests.items()}
        self._slow = [name for name, obj in manifests.items() if self.manifests[name] != obj]
        self.known: list[Finding] = []
        self.first = Snapshot.empty()
        self.is_rolled_out = False
        self._load = load
        self._check_alive = check_alive
        self._rest: dict[str, tuple[Autoscaler, int]] = {}

    def disable_min_ready_seconds(self) -> None:
        """Apply the workloads without `minReadySeconds` for all scenarios that follow."""
        for name in self._slow:
            self.api.apply(self.manifests[name])
        self.ready()

    def snapshot(self) -> Snapshot:
        """Return a snapshot of the cluster."""
        return self.controllers.fresh()

    def settle(self, is_done: Callable[[Snapshot], bool]) -> Snapshot:
        """Wait until the cluster is as the scenario wants it or nothing has moved for a while."""
        return settled(self.controllers, self._check_alive, is_done)

    def ready(self) -> Snapshot:
        """Wait until everything is ready again or cannot become so."""
        return self.settle(lambda snapshot: not self.new_findings(snapshot))

    def new_findings(self, snapshot: Snapshot) -> list[Finding]:
        """Return the findings with reasons that `steady` did not find."""
        before = {(one.object, _gist(one.reason)) for one in self.known}
        return [one for one in findings(snapshot) if (one.object, _gist(one.reason)) not in before]

    def advised(self, found: list[Finding], snapshot: Snapshot) -> list[Finding]:
        """Add the config keys that fix each finding."""
        return Advice(self.origins, self.controllers.pools()).on(found, snapshot)

    def to_peak(self) -> Snapshot:
        """Raise the load until every autoscaler is at its maximum, or as far as it gets."""
        before = self.snapshot()
        if self._rest or not autoscalers(before):
            return before
        for scaler in autoscalers(before):
            self._rest[scaler.key] = (scaler, scaler.replicas(before))
            scaler.disable_windows(self.api)
        self._load.raise_()
        most = {name: scaler.maximum for name, (scaler, _) in self._rest.items()}
        return self.settle(lambda now: _are_at(now, most) and not findings(now))

    def to_rest(self) -> Snapshot:
        """Lower the load, restore the autoscalers, and remove nodes that are no longer needed."""
        if self._rest:
            self._load.lower()
            fewest = {name: replicas for name, (_, replicas) in self._rest.items()}
            snapshot = self.settle(lambda now: _are_at(now, fewest))
            for scaler in autoscalers(snapshot):
                scaler.restore(self.api, *self._rest.pop(scaler.key), snapshot)
            self._rest.clear()
            self.ready()
        self.controllers.shrink()
        return self.ready()


def _gist(reason: str) -> str:
    """Return the reason without numbers, which vary with the number of nodes and pods."""
    return re.sub(r"\d+", "", reason)


def _are_at(snapshot: Snapshot, wanted: Mapping[str, int]) -> bool:
    """Return whether all targets have exactly these replicas and pods."""
    found = {scaler.key: scaler for scaler in autoscalers(snapshot)}
    return all(name in found and _is_at(snapshot, found[name], count) for name, count in wanted.items())


def _is_at(snapshot: Snapshot, scaler: Autoscaler, count: int) -> bool:
    target = scaler.target(snapshot)
    return target is None or (
        field(target, "spec.replicas", 1) == count and field(target, "status.replicas", 0) == count
    )


def server_pods(deployment: Object, snapshot: Snapshot) -> list[Object]:
    """Return the pods of a Deployment."""
    replica_sets = snapshot.owned_by(deployment, "replica_sets")
    return [pod for one in replica_sets for pod in snapshot.owned_by(one, "pods")]
