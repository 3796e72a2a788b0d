"""When a cluster has come to rest, and what was seen of servers on the way."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers import settling
from gpuplane.rehearsal.controllers.settling import QUIET_LOOKS, QUIET_SECONDS, settled
from gpuplane.rehearsal.scenarios.availability import AvailabilityWatch


class Controllers:
    """Show a cluster in which something moves at some looks."""

    def __init__(self, moves_at: set[int]) -> None:
        self.looks = 0
        self._moves_at, self._moved = moves_at, 0

    def fresh(self) -> Snapshot:
        self._moved += self.looks in self._moves_at
        self.looks += 1
        pod = {"kind": "Pod", "metadata": {"uid": "a"}, "status": {"moved": self._moved}}
        return Snapshot(**{**vars(Snapshot.empty()), "pods": [pod]})


def looks(moves_at: set[int], seconds_each: float, monkeypatch: pytest.MonkeyPatch) -> int:
    clock: Iterator[int] = count()
    monkeypatch.setattr(settling.time, "monotonic", lambda: next(clock) * seconds_each)
    controllers = Controllers(moves_at)
    settled(controllers, lambda: None, lambda _: False)  # pyright: ignore[reportArgumentType]
    return controllers.looks


def test_a_cluster_is_at_rest_when_nothing_has_moved_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    each = QUIET_SECONDS / 20
    assert looks(set(), each, monkeypatch) == 1 + 21
    assert looks({5}, each, monkeypatch) == 6 + 21


def test_a_while_is_several_looks_however_long_each_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert looks(set(), QUIET_SECONDS * 2, monkeypatch) == 1 + QUIET_LOOKS
    assert looks({3}, QUIET_SECONDS * 2, monkeypatch) == 4 + QUIET_LOOKS


def owned(kind: str, name: str, owner: str, **rest: Any) -> dict[str, Any]:
    owners = [{"uid": owner}] if owner else []
    return {"kind": kind, "metadata": {"name": name, "namespace": "ml", "uid": name, "ownerReferences": owners}, **rest}


def pod(name: str, is_ready: bool = True, is_going: bool = False) -> dict[str, Any]:
    conditions = [{"type": "Ready", "status": "True" if is_ready else "False"}]
    made = owned("Pod", name, "bert-1", status={"conditions": conditions})
    return {**made, "metadata": {**made["metadata"], **({"deletionTimestamp": "now"} if is_going else {})}}


class Api:
    """Has no disruption budgets."""

    def list(self, api_version: str, kind: str) -> list[dict[str, Any]]:
        return []


@pytest.mark.parametrize(
    ("pods", "kept"),
    [
        ([pod("a"), pod("b")], []),
        ([pod("a", is_going=True), pod("b")], ["Deployment ml/bert kept 1 of 2 replicas"]),
        ([pod("a", is_going=True), pod("b", is_ready=False)], ["Deployment ml/bert kept 0 of 2 replicas"]),
        ([pod("a", is_going=True), pod("b", is_going=True)], ["Deployment ml/bert kept 0 of 2 replicas"]),
    ],
)
def test_pods_that_go_count_at_once_and_not_when_their_deployment_tells_of_it(
    pods: list[dict[str, Any]], kept: list[str]
) -> None:
    bert = owned("Deployment", "bert", "", spec={}, status={"readyReplicas": 2})
    servers = {"deployments": [bert], "replica_sets": [owned("ReplicaSet", "bert-1", "bert")]}
    before = Snapshot(**{**vars(Snapshot.empty()), **servers})
    watch = AvailabilityWatch(Api(), before)  # pyright: ignore[reportArgumentType]
    watch.observe(before)
    watch.observe_pods(pods, before)
    assert watch.summary() == kept
