"""What the scenarios decide without a cluster."""

from collections import Counter
from typing import Any

import pytest

from gpuplane.rehearsal.control_plane.snapshot import POOL_ANNOTATION, Snapshot
from gpuplane.rehearsal.scenarios import Scenario
from gpuplane.rehearsal.scenarios.autoscalers import Autoscaler
from gpuplane.rehearsal.scenarios.drain import largest_workloads, next_node_to_drain
from gpuplane.rehearsal.scenarios.rollout import floor, with_new_image
from gpuplane.rehearsal.scenarios.runner import module_of
from gpuplane.rehearsal.scenarios.tenant import pod
from gpuplane.rehearsal.scenarios.zone import equivalent_zones
from projects import ROOT


@pytest.mark.parametrize("scenario", Scenario)
def test_each_scenario_has_a_module_and_a_row_in_the_docs(scenario: Scenario) -> None:
    module = module_of(scenario)
    assert callable(module.run)
    assert isinstance(module.NEEDS_STEADY_STACK, bool)
    assert f"\n| `{scenario.value}` | " in (ROOT / "docs" / "rehearsal.md").read_text(encoding="utf-8")


def deployment(replicas: int = 10, **strategy: Any) -> dict[str, Any]:
    return {
        "kind": "Deployment",
        "metadata": {"namespace": "ml", "name": "bert"},
        "spec": {"replicas": replicas, "strategy": strategy},
    }


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ({"type": "Recreate"}, 0),
        ({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}, 9),
        ({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%"}}, 8),
        ({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "100%"}}, 0),
        ({}, 8),
    ],
)
def test_the_strategy_says_how_many_replicas_a_rollout_leaves(strategy: dict[str, Any], expected: int) -> None:
    assert floor(deployment(**strategy)) == expected


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("registry.example.com:5000/bert:v1", "registry.example.com:5000/bert:v1-rehearsed"),
        ("bert@sha256:" + "0" * 64, "bert@sha256:" + "1" * 64),
        ("bert:v1@sha256:" + "1" * 64, "bert:v1@sha256:" + "2" * 64),
    ],
)
def test_a_new_image_is_of_the_same_form(image: str, expected: str) -> None:
    manifest = {"spec": {"template": {"spec": {"containers": [{"image": image}, {"image": "proxy:v1"}]}}}}
    changed = with_new_image(manifest)["spec"]["template"]["spec"]["containers"]
    assert [one["image"] for one in changed] == [expected, "proxy:v1"]
    assert manifest["spec"]["template"]["spec"]["containers"][0]["image"] == image


def test_a_stranger_would_be_let_in_by_the_restricted_level() -> None:
    spec = pod("ml", {"cpu": "1"})["spec"]
    (container,) = spec["containers"]
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert spec["securityContext"]["runAsNonRoot"]
    assert "tolerations" not in spec


def test_an_autoscaler_finds_its_own_target_alone() -> None:
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "bert"}, "maxReplicas": 4}
    elsewhere = {**deployment(), "metadata": {"namespace": "other", "name": "bert"}}
    seen = Snapshot(**{**vars(Snapshot.empty()), "deployments": [elsewhere, deployment(3)]})
    scaler = Autoscaler({"metadata": {"namespace": "ml", "name": "bert"}, "spec": spec})
    assert scaler.replicas(seen) == 3
    assert (scaler.minimum, scaler.maximum) == (1, 4)


def placed(*nodes: tuple[str, str, str]) -> Snapshot:
    """Nodes by name, pool, and the controllers of the pods on them, a letter each; `d` is a DaemonSet's."""
    pods = [
        {
            "kind": "Pod",
            "metadata": {
                "namespace": "ml",
                "name": f"{name}-{number}",
                "ownerReferences": [{"uid": owner, "kind": "DaemonSet" if owner == "d" else "ReplicaSet"}],
            },
            "spec": {"nodeName": name},
        }
        for name, _, owners in nodes
        for number, owner in enumerate(owners)
    ]
    made = [{"metadata": {"name": name, "annotations": {POOL_ANNOTATION: pool}}} for name, pool, _ in nodes]
    return Snapshot(**{**vars(Snapshot.empty()), "nodes": made, "pods": pods})


@pytest.mark.parametrize(
    ("nodes", "drained"),
    [
        # Alike: one tells for all.
        ([("1", "t4", "a"), ("2", "t4", "a"), ("3", "t4", "a")], ["1"]),
        # The node with the most of a server, and each pool for itself.
        ([("1", "t4", "a"), ("2", "t4", "aa"), ("3", "l4", "a")], ["2", "3"]),
        # A server that the fullest node has none of.
        ([("1", "t4", "aa"), ("2", "t4", "b"), ("3", "t4", "")], ["1", "2"]),
        # The node that tells most comes first, and nothing is tried twice.
        ([("1", "t4", "a"), ("2", "t4", "ab"), ("3", "t4", "b")], ["2"]),
        ([("1", "t4", "d"), ("2", "t4", "")], []),
    ],
)
def test_a_node_is_drained_for_every_workload_of_every_pool(
    nodes: list[tuple[str, str, str]], drained: list[str]
) -> None:
    snapshot, tried = placed(*nodes), set[tuple[str, str]]()
    found: list[str] = []
    while node := next_node_to_drain(snapshot, tried):
        found.append(node["metadata"]["name"])
        tried |= largest_workloads(snapshot)[found[-1]]
    assert found == drained


@pytest.mark.parametrize(
    ("homes", "pools", "kinds"),
    [
        ({"a": "xyz"}, {"t4": "xyz"}, [["x", "y", "z"]]),
        ({"a": "xxy"}, {"t4": "xyz"}, [["x"], ["y"]]),
        ({"a": "xyz", "b": "y"}, {"t4": "xyz"}, [["y"], ["x", "z"]]),
        # A zone that one of the pools is not in leaves other room.
        ({"a": "xyz"}, {"t4": "xyz", "l4": "xy"}, [["x", "y"], ["z"]]),
        # What is in one zone alone comes first.
        ({"a": "xxxxy", "b": "yy"}, {"t4": "xy"}, [["y"], ["x"]]),
        ({}, {"t4": "xy"}, []),
    ],
)
def test_a_zone_is_lost_for_every_way_in_which_zones_differ(
    homes: dict[str, str], pools: dict[str, str], kinds: list[list[str]]
) -> None:
    assert equivalent_zones({name: Counter(zones) for name, zones in homes.items()}, pools) == kinds
