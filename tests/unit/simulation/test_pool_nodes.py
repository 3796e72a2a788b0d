from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpuplane.hardware import BUILT_IN
from gpuplane.kubernetes.quantity import parse
from gpuplane.platforms import Platform
from gpuplane.simulation.nodes.node import COUNT_ANNOTATION
from gpuplane.simulation.nodes.pool import PoolNodes
from gpuplane.simulation.nodes.pool_resources import EKS_NODE_GROUP, GKE_CLUSTER, GKE_NODE_POOL, pool_nodes

POOL = {
    "cluster": "ml",
    "project": "acme",
    "location": "us-central1",
    "autoscaling": {"totalMinNodeCount": 1, "totalMaxNodeCount": 4},
    "nodeConfig": {
        "machineType": "n1-standard-8",
        "spot": True,
        "labels": {"team": "vision"},
        "taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}],
        "guestAccelerators": [{"type": "nvidia-tesla-t4", "count": 2}],
    },
}
GROUP = {
    "clusterName": "ml",
    "region": "us-east-1",
    "subnetIds": ["subnet-1", "subnet-2"],
    "amiType": "AL2023_x86_64_NVIDIA",
    "capacityType": "SPOT",
    "instanceTypes": ["g4dn.12xlarge"],
    "scalingConfig": {"minSize": 1, "desiredSize": 1, "maxSize": 3},
    "labels": {"team": "vision"},
    "taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}],
}
GPU_TAINT = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}


def gke(**changes: Any) -> PoolNodes:
    return pool_nodes(GKE_NODE_POOL, "t4", {**POOL, **changes})


def gke_config(**changes: Any) -> PoolNodes:
    return gke(nodeConfig={**POOL["nodeConfig"], **changes})  # type: ignore[dict-item]


def eks(**changes: Any) -> PoolNodes:
    return pool_nodes(EKS_NODE_GROUP, "t4", {**GROUP, **changes})


def zone(node: dict[str, Any]) -> str:
    return node["metadata"]["labels"]["topology.kubernetes.io/zone"]


def test_a_gke_node_carries_what_gke_sets_and_what_was_asked_for() -> None:
    node = gke().make(0)
    name = node["metadata"]["name"]
    assert node["metadata"]["labels"] == {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        "kubernetes.io/hostname": name,
        "node.kubernetes.io/instance-type": "n1-standard-8",
        "topology.kubernetes.io/region": "us-central1",
        "topology.kubernetes.io/zone": "us-central1-a",
        "topology.gke.io/zone": "us-central1-a",
        "cloud.google.com/gke-nodepool": "t4",
        "cloud.google.com/gke-os-distribution": "cos",
        "cloud.google.com/gke-container-runtime": "containerd",
        "cloud.google.com/gke-boot-disk": "pd-balanced",
        "cloud.google.com/gke-provisioning": "spot",
        "cloud.google.com/gke-spot": "true",
        "cloud.google.com/gke-accelerator": "nvidia-tesla-t4",
        "cloud.google.com/gke-gpu-driver-version": "default",
        "team": "vision",
    }
    assert node["metadata"]["annotations"]["kwok.x-k8s.io/node"] == "fake"
    assert node["spec"]["taints"] == [GPU_TAINT]
    assert node["spec"]["providerID"] == f"gce://acme/us-central1-a/{name}"
    assert node["status"]["capacity"]["cpu"] == "8"
    assert node["status"]["capacity"]["nvidia.com/gpu"] == "2"
    assert node["status"]["allocatable"]["nvidia.com/gpu"] == "2"
    assert {condition["type"]: condition["status"] for condition in node["status"]["conditions"]} == {
        "Ready": "True",
        "MemoryPressure": "False",
        "DiskPressure": "False",
        "PIDPressure": "False",
    }


def test_an_eks_node_carries_what_eks_sets_and_what_was_asked_for() -> None:
    node = eks(launchTemplate={"id": "lt-1", "version": 2.0}).make(0)
    name = node["metadata"]["name"]
    assert name.startswith("ip-10-")
    assert node["metadata"]["labels"] == {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        "kubernetes.io/hostname": name,
        "node.kubernetes.io/instance-type": "g4dn.12xlarge",
        "topology.kubernetes.io/region": "us-east-1",
        "topology.kubernetes.io/zone": "us-east-1a",
        "eks.amazonaws.com/nodegroup": "t4",
        "eks.amazonaws.com/capacityType": "SPOT",
        "eks.amazonaws.com/sourceLaunchTemplateId": "lt-1",
        "eks.amazonaws.com/sourceLaunchTemplateVersion": "2",
        "team": "vision",
    }
    assert node["spec"]["taints"] == [GPU_TAINT]
    assert "nvidia.com/gpu" not in node["status"]["capacity"]


@pytest.mark.parametrize(
    ("pool", "advertiser", "gpus"),
    [
        (gke(), "gke", 2),
        (gke_config(labels={"gke-no-default-nvidia-gpu-device-plugin": "true"}), "nvidia-device-plugin", 2),
        (
            gke_config(
                guestAccelerators=[
                    {
                        "type": "nvidia-tesla-t4",
                        "count": 1,
                        "gpuDriverInstallationConfig": {"gpuDriverVersion": "INSTALLATION_DISABLED"},
                    }
                ]
            ),
            "nvidia-device-plugin",
            1,
        ),
        (
            gke_config(
                guestAccelerators=[
                    {
                        "type": "nvidia-tesla-t4",
                        "count": 2,
                        "gpuSharingConfig": {"gpuSharingStrategy": "TIME_SHARING", "maxSharedClientsPerGpu": 3},
                    }
                ]
            ),
            "gke",
            6,
        ),
        (gke_config(machineType="e2-standard-4", guestAccelerators=[]), "", 0),
        (gke_config(machineType="g2-standard-24", guestAccelerators=[]), "gke", 2),
        (eks(), "nvidia-device-plugin", 4),
        (eks(amiType="BOTTLEROCKET_x86_64_NVIDIA"), "bottlerocket", 4),
        (eks(amiType="CUSTOM"), "nvidia-device-plugin", 4),
        (eks(amiType="AL2023_x86_64_STANDARD"), "", 4),
        (eks(amiType="AL2023_x86_64_STANDARD", instanceTypes=["m6i.large"]), "", 0),
    ],
)
def test_gpus_show_only_where_something_advertises_them(pool: PoolNodes, advertiser: str, gpus: int) -> None:
    node = pool.make(0)
    assert (pool.advertiser, pool.gpus) == (advertiser, gpus)
    assert ("nvidia.com/gpu" in node["status"]["capacity"]) == (advertiser in ("gke", "bottlerocket"))
    assert node["metadata"]["annotations"].get(COUNT_ANNOTATION, "0") == str(gpus)


@pytest.mark.parametrize(
    ("pool", "least", "most", "zones"),
    [
        (gke(), 1, 4, ("us-central1-a", "us-central1-b", "us-central1-c")),
        (gke(autoscaling={"minNodeCount": 1, "maxNodeCount": 2}), 3, 6, None),
        (gke(autoscaling={"minNodeCount": 1, "maxNodeCount": 2}, nodeLocations=["us-central1-f"]), 1, 2, None),
        (gke(autoscaling=None, nodeCount=2), 6, 6, None),
        (gke(autoscaling=None, nodeCount=2.0, location="us-central1-b"), 2, 2, ("us-central1-b",)),
        (gke(autoscaling=None, initialNodeCount=1), 3, 3, None),
        (gke(autoscaling=None), 3, 3, None),
        (eks(), 1, 3, ("us-east-1a", "us-east-1b")),
        (eks(scalingConfig={"minSize": 0, "desiredSize": 2, "maxSize": 5}), 2, 5, None),
    ],
)
def test_a_pool_has_as_many_nodes_as_its_cloud_would_give(
    pool: PoolNodes, least: int, most: int, zones: tuple[str, ...] | None
) -> None:
    assert (pool.minimum, pool.maximum) == (least, most)
    assert zones is None or pool.zones == zones
    assert [zone(node) for node in pool.nodes(4)] == [(pool.zones * 4)[index] for index in range(4)]
    assert len(pool.nodes()) == least


@pytest.mark.parametrize(
    ("inputs", "count"),
    [
        ({"name": "ml", "removeDefaultNodePool": True, "initialNodeCount": 1}, 0),
        ({"name": "ml", "enableAutopilot": True}, 0),
        ({"name": "ml", "initialNodeCount": 1, "nodeConfig": {"machineType": "e2-standard-4"}}, 3),
    ],
)
def test_a_default_pool_has_nodes_unless_it_is_removed(inputs: dict[str, Any], count: int) -> None:
    assert len(pool_nodes(GKE_CLUSTER, "ml", {"location": "us-central1", **inputs}).nodes()) == count


@given(index=st.integers(0, 2000), token=st.sampled_from([GKE_NODE_POOL, EKS_NODE_GROUP]))
def test_a_node_is_the_same_each_time_and_unlike_the_others(index: int, token: str) -> None:
    pool = pool_nodes(token, "t4", POOL if token == GKE_NODE_POOL else GROUP)
    assert pool.make(index) == pool.make(index)
    assert pool.make(index)["metadata"]["name"] != pool.make(index + 1)["metadata"]["name"]


@pytest.mark.parametrize("effect", ["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"])
def test_taints_are_written_as_kubernetes_does(effect: str) -> None:
    taint = {"key": "a", "effect": effect}
    expected = {"key": "a", "effect": "".join(word.capitalize() for word in effect.split("_"))}
    assert expected in gke_config(taints=[taint]).make(0)["spec"]["taints"]
    assert expected in eks(taints=[taint]).make(0)["spec"]["taints"]


@pytest.mark.parametrize("name", [known.name for known in BUILT_IN.machines(Platform.GKE)])
def test_every_gke_machine_gives_a_valid_node(name: str) -> None:
    assert_valid(pool_nodes(GKE_NODE_POOL, "p", {**POOL, "nodeConfig": {"machineType": name}}).make(0))


@pytest.mark.parametrize("name", [known.name for known in BUILT_IN.machines(Platform.EKS)])
def test_every_eks_machine_gives_a_valid_node(name: str) -> None:
    assert_valid(pool_nodes(EKS_NODE_GROUP, "p", {**GROUP, "instanceTypes": [name]}).make(0))


def assert_valid(node: dict[str, Any]) -> None:
    capacity, allocatable = node["status"]["capacity"], node["status"]["allocatable"]
    assert set(allocatable) == set(capacity)
    for resource, amount in allocatable.items():
        assert 0 < parse(amount) <= parse(capacity[resource]), resource
    assert all(len(value) <= 63 for value in node["metadata"]["labels"].values())
    assert len(node["metadata"]["name"]) <= 63
