"""What the clouds' controllers do with what the API server shows."""

from typing import Any

import pytest

from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.cloud_controllers import CloudControllers
from gpuplane.simulation.nodes.pool import PoolNodes
from gpuplane.simulation.nodes.pool_resources import EKS_NODE_GROUP, GKE_NODE_POOL, pool_nodes


class Api:
    """An API server that only remembers nodes."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}

    def create(self, obj: dict[str, Any]) -> dict[str, Any]:
        self.nodes[obj["metadata"]["name"]] = obj
        return obj

    def patch(self, obj: dict[str, Any], change: dict[str, Any], subresource: str = "") -> dict[str, Any]:
        assert subresource == "status"
        status = self.nodes[obj["metadata"]["name"]]["status"]
        for key in ("capacity", "allocatable"):
            status[key] = {**status[key], **change["status"][key]}
        return obj

    def list(self, api_version: str, kind: str) -> list[dict[str, Any]]:
        return []

    def delete(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> None:
        del self.nodes[name]


def gke(least: int, most: int, name: str = "t4", zones: list[str] | None = None) -> PoolNodes:
    accelerator = {"type": "nvidia-tesla-t4", "count": 1}
    node = {"machineType": "n1-standard-8", "guestAccelerators": [accelerator]}
    sizes = {"totalMinNodeCount": least, "totalMaxNodeCount": most}
    place = {"location": "us-central1", "nodeLocations": zones or []}
    return pool_nodes(GKE_NODE_POOL, name, {**place, "nodeConfig": node, "autoscaling": sizes})


def eks(least: int, most: int) -> PoolNodes:
    sizes = {"minSize": least, "maxSize": most, "desiredSize": least}
    group = {"instanceTypes": ["g4dn.2xlarge"], "amiType": "AL2023_x86_64_NVIDIA", "subnetIds": ["a"]}
    return pool_nodes(EKS_NODE_GROUP, "t4", {**group, "scalingConfig": sizes})


def pending() -> dict[str, Any]:
    return {
        "spec": {
            "containers": [{"resources": {"requests": {"nvidia.com/gpu": "1", "cpu": "4"}}}],
            "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
        },
        "status": {"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]},
    }


def device_plugin(node: str) -> dict[str, Any]:
    return {
        "spec": {
            "nodeName": node,
            "containers": [{}],
            "volumes": [{"name": "x", "hostPath": {"path": "/var/lib/kubelet/device-plugins"}}],
        },
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    }


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def controllers(api: Api) -> CloudControllers:
    return CloudControllers(api)  # pyright: ignore[reportArgumentType]


def tick(controllers: CloudControllers, api: Api, pods: list[dict[str, Any]]) -> None:
    controllers.tick(Snapshot(**{**vars(Snapshot.empty()), "nodes": list(api.nodes.values()), "pods": pods}))


def test_a_pool_starts_with_its_fewest_nodes(controllers: CloudControllers, api: Api) -> None:
    controllers.add_pool("t4", gke(2, 4))
    assert len(api.nodes) == 2


def test_a_pool_grows_to_what_is_pending(controllers: CloudControllers, api: Api) -> None:
    controllers.add_pool("t4", gke(0, 4))
    tick(controllers, api, [pending()] * 3)
    assert len(api.nodes) == 3


def test_a_pool_never_grows_beyond_its_most(controllers: CloudControllers, api: Api) -> None:
    controllers.add_pool("t4", gke(0, 2))
    for _ in range(3):
        tick(controllers, api, [pending()] * 5)
    assert len(api.nodes) == 2


def test_nodes_that_are_there_take_what_is_pending_first(controllers: CloudControllers, api: Api) -> None:
    controllers.add_pool("t4", gke(2, 4))
    tick(controllers, api, [pending()] * 2)
    assert len(api.nodes) == 2


def test_a_pool_whose_gpus_nobody_has_advertised_yet_does_not_grow(controllers: CloudControllers, api: Api) -> None:
    controllers.add_pool("t4", eks(1, 4))
    tick(controllers, api, [pending()] * 3)
    assert len(api.nodes) == 1


def test_a_device_plugins_pod_makes_the_gpus_of_its_node_known(controllers: CloudControllers, api: Api) -> None:
    controllers.add_pool("t4", eks(2, 4))
    first, second = api.nodes
    tick(controllers, api, [device_plugin(first)])
    assert api.nodes[first]["status"]["allocatable"]["nvidia.com/gpu"] == "1"
    assert "nvidia.com/gpu" not in api.nodes[second]["status"]["allocatable"]


def test_a_pool_that_goes_takes_its_nodes_along(controllers: CloudControllers, api: Api) -> None:
    controllers.add_pool("t4", gke(2, 4))
    controllers.remove_pool("t4")
    assert api.nodes == {}


def zones(api: Api) -> list[str]:
    return sorted(node["metadata"]["labels"]["topology.kubernetes.io/zone"][-1] for node in api.nodes.values())


def test_a_pool_grows_in_the_zones_that_are_left(controllers: CloudControllers, api: Api) -> None:
    controllers.add_pool("t4", gke(3, 4))
    assert zones(api) == ["a", "b", "c"]
    controllers.lose_zone("us-central1-b")
    assert zones(api) == ["a", "c"]
    tick(controllers, api, [pending()] * 4)
    tick(controllers, api, [pending()] * 4)
    assert set(zones(api)) == {"a", "c"}
    assert len(api.nodes) == 4
    controllers.regain_zones()


@pytest.mark.parametrize("counts", [{"nodeCount": 1}, {"autoscaling": {"minNodeCount": 1, "maxNodeCount": 1}}])
def test_a_pool_with_a_limit_for_each_zone_does_not_make_up_for_a_lost_one(
    controllers: CloudControllers, api: Api, counts: dict[str, Any]
) -> None:
    node = {"machineType": "n1-standard-8", "guestAccelerators": [{"type": "nvidia-tesla-t4", "count": 1}]}
    inputs = {"location": "us-central1", "nodeConfig": node, **counts}
    controllers.add_pool("t4", pool_nodes(GKE_NODE_POOL, "t4", inputs))
    assert zones(api) == ["a", "b", "c"]
    controllers.lose_zone("us-central1-b")
    tick(controllers, api, [pending()])
    assert zones(api) == ["a", "c"]
    controllers.regain_zones()
    tick(controllers, api, [])
    assert sorted(zones(api)) == ["a", "b", "c"]


def test_a_node_that_is_retired_is_replaced_where_the_pool_is_at_its_minimum(
    controllers: CloudControllers, api: Api
) -> None:
    controllers.add_pool("t4", gke(2, 4))
    first, _ = api.nodes
    controllers.retire(first)
    assert len(api.nodes) == 1
    tick(controllers, api, [])
    assert len(api.nodes) == 2


def test_pods_that_are_kept_apart_get_a_node_each_though_others_have_room(
    controllers: CloudControllers, api: Api
) -> None:
    controllers.add_pool("t4", gke(1, 4))
    apart = pending()
    apart["status"]["conditions"][0]["message"] = "1 node(s) didn't match pod topology spread constraints"
    tick(controllers, api, [apart])
    assert len(api.nodes) == 2


def pools_of(api: Api) -> list[str]:
    return sorted(node["metadata"]["annotations"]["gpuplane/pool"] for node in api.nodes.values())


def test_what_a_pool_has_no_nodes_for_grows_the_next_one(controllers: CloudControllers, api: Api) -> None:
    controllers.add_pool("first", gke(1, 4))
    controllers.add_pool("second", gke(0, 4, "second"))
    controllers.sell_out("first")
    tick(controllers, api, [pending()] * 3)
    assert pools_of(api) == ["first", "second", "second"], "the node that was there stays"
    controllers.sell_out("second")
    tick(controllers, api, [pending()] * 9)
    assert pools_of(api) == ["first", "second", "second"]


def test_what_a_pool_of_a_lost_zone_cannot_take_grows_the_next_one(controllers: CloudControllers, api: Api) -> None:
    controllers.add_pool("first", gke(0, 4, zones=["us-central1-a"]))
    controllers.add_pool("second", gke(0, 4, "second", zones=["us-central1-b"]))
    controllers.lose_zone("us-central1-a")
    tick(controllers, api, [pending()] * 2)
    assert pools_of(api) == ["second", "second"]


def test_what_two_pools_could_take_grows_one_of_them(controllers: CloudControllers, api: Api) -> None:
    controllers.add_pool("first", gke(0, 2))
    controllers.add_pool("second", gke(0, 4, "second"))
    tick(controllers, api, [pending()] * 3)
    assert pools_of(api) == ["first", "first", "second"]
