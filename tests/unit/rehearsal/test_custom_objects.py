"""What the controllers of custom kinds are told of their objects, and what comes of it."""

from typing import Any

import pytest

from gpuplane.rehearsal.controllers.compute_classes import ComputeClasses
from gpuplane.rehearsal.controllers.custom_objects import CustomObjects, Kind
from gpuplane.rehearsal.controllers.karpenter import Karpenter
from gpuplane.rehearsal.controllers.keda import Keda
from gpuplane.simulation.nodes.pool import PoolNodes

FIRST, SECOND = ("acme.example/v1", "First"), ("acme.example/v1", "Second")
NODE_CLASS, NODE_POOL = ("karpenter.k8s.aws/v1", "EC2NodeClass"), ("karpenter.sh/v1", "NodePool")
COMPUTE_CLASS = ("cloud.google.com/v1", "ComputeClass")


class Api:
    """An API server that serves what is in it."""

    def __init__(self) -> None:
        self.objects: dict[Kind, list[dict[str, Any]]] = {}
        self.applied: list[dict[str, Any]] = []

    def list_custom(self, api_version: str, kind: str) -> list[dict[str, Any]]:
        return self.objects.get((api_version, kind), [])

    def apply(self, obj: dict[str, Any]) -> dict[str, Any]:
        self.applied.append(obj)
        return obj


class Told:
    """A reader that writes down what it is told."""

    kinds = (FIRST, SECOND)

    def __init__(self) -> None:
        self.heard: list[str] = []

    def on_object(self, obj: Any) -> None:
        self.heard.append(f"{obj['metadata']['name']} {obj['metadata']['generation']}")

    def on_gone(self, obj: Any) -> None:
        self.heard.append(f"{obj['metadata']['name']} gone")


class Pools:
    """Which pools there are, with their most nodes."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def add_pool(self, name: str, nodes: PoolNodes) -> None:
        self.known[name] = nodes.maximum

    def remove_pool(self, name: str) -> None:
        del self.known[name]


def obj(kind: Kind, name: str, spec: Any = None, generation: int = 1) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "ml", "uid": f"{kind}/{name}", "generation": generation}
    return {"apiVersion": kind[0], "kind": kind[1], "metadata": metadata, "spec": spec or {}}


def reading(api: Api, kinds: list[Kind], reader: Any) -> CustomObjects:
    return CustomObjects(api, kinds, [reader])  # pyright: ignore[reportArgumentType]


def test_an_object_is_told_when_it_is_new_when_it_changes_and_when_it_is_gone() -> None:
    api, told = Api(), Told()
    objects = reading(api, [FIRST, SECOND], told)
    objects.tick()
    api.objects = {SECOND: [obj(SECOND, "b")], FIRST: [obj(FIRST, "a")]}
    objects.tick()
    objects.tick()
    api.objects[FIRST] = [obj(FIRST, "a", generation=2)]
    api.objects[SECOND] = []
    objects.tick()
    assert told.heard == ["a 1", "b 1", "a 2", "b gone"]


def test_kinds_that_a_program_does_not_make_are_not_asked_for() -> None:
    api, told = Api(), Told()
    api.objects = {FIRST: [obj(FIRST, "a")], SECOND: [obj(SECOND, "b")]}
    reading(api, [SECOND], told).tick()
    assert told.heard == ["b 1"]


NODES = {
    "template": {
        "spec": {
            "nodeClassRef": {"name": "l4"},
            "requirements": [
                {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["g6.2xlarge"]},
                {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]},
            ],
        }
    },
    "limits": {"nvidia.com/gpu": "3"},
}


def test_a_node_pool_is_a_pool_once_its_class_is_there_and_none_when_it_is_gone() -> None:
    api, pools, notes = Api(), Pools(), list[str]()
    objects = reading(api, [NODE_CLASS, NODE_POOL], Karpenter(pools, notes))
    api.objects = {NODE_POOL: [obj(NODE_POOL, "l4", NODES)], NODE_CLASS: [obj(NODE_CLASS, "l4")]}
    objects.tick()
    assert (pools.known, notes) == ({"l4": 3}, [])
    api.objects[NODE_POOL] = [obj(NODE_POOL, "l4", {**NODES, "limits": {"nvidia.com/gpu": "5"}}, generation=2)]
    objects.tick()
    assert pools.known == {"l4": 5}
    api.objects[NODE_POOL] = []
    objects.tick()
    assert pools.known == {}


def test_a_class_and_its_pool_that_come_while_a_round_goes_on_are_seen_together() -> None:
    class Busy(Api):
        """Gets both between one question and the next."""

        def list_custom(self, api_version: str, kind: str) -> list[dict[str, Any]]:
            found = super().list_custom(api_version, kind)
            self.objects = {NODE_CLASS: [obj(NODE_CLASS, "l4")], NODE_POOL: [obj(NODE_POOL, "l4", NODES)]}
            return found

    pools, notes = Pools(), list[str]()
    objects = reading(Busy(), [NODE_CLASS, NODE_POOL], Karpenter(pools, notes))
    objects.tick()
    objects.tick()
    assert (pools.known, notes) == ({"l4": 3}, [])


def test_a_node_pool_without_its_class_is_noted() -> None:
    api, pools, notes = Api(), Pools(), list[str]()
    api.objects = {NODE_POOL: [obj(NODE_POOL, "l4", NODES)]}
    reading(api, [NODE_CLASS, NODE_POOL], Karpenter(pools, notes)).tick()
    assert (pools.known, notes) == ({}, ["NodePool l4 brings no nodes here: there is no EC2NodeClass 'l4' before it"])


def test_each_way_of_a_compute_class_is_a_pool_and_all_go_with_it() -> None:
    api, pools = Api(), Pools()
    way = {"machineType": "g2-standard-8", "gpu": {"type": "nvidia-l4", "count": 1}}
    spec = {"priorities": [way, {**way, "spot": True}], "nodePoolAutoCreation": {"enabled": True}}
    objects = reading(api, [COMPUTE_CLASS], ComputeClasses(pools, []))
    api.objects = {COMPUTE_CLASS: [obj(COMPUTE_CLASS, "l4", spec)]}
    objects.tick()
    assert sorted(pools.known) == ["nap-l4", "nap-l4-2"]
    api.objects = {COMPUTE_CLASS: []}
    objects.tick()
    assert pools.known == {}


@pytest.mark.parametrize(("fewest", "noted"), [(0, True), (1, False)])
def test_a_scaled_object_gets_an_autoscaler_and_what_is_not_simulated_of_it_is_noted(fewest: int, noted: bool) -> None:
    api, notes = Api(), list[str]()
    scaled = ("keda.sh/v1alpha1", "ScaledObject")
    spec = {"scaleTargetRef": {"name": "bert"}, "minReplicaCount": fewest, "triggers": [{"type": "prometheus"}]}
    api.objects = {scaled: [obj(scaled, "bert", spec)]}
    reading(api, [scaled], Keda(api, notes)).tick()  # pyright: ignore[reportArgumentType]
    assert [one["metadata"]["name"] for one in api.applied] == ["keda-hpa-bert"]
    assert notes == (["ScaledObject ml/bert keeps one replica here: scaling to zero is not simulated"] * noted)
