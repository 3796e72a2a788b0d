"""Karpenter's two pods as its release spreads them, by the real scheduler."""

import time
from typing import Any

import pytest

from gpuplane.clusters.karpenter.inputs import REPLICAS, values
from gpuplane.rehearsal import binaries
from gpuplane.rehearsal.control_plane import control_plane
from gpuplane.rehearsal.control_plane.api import KubernetesApi
from gpuplane.simulation.nodes.pool_resources import EKS_NODE_GROUP, pool_nodes

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

LABELS = {"app.kubernetes.io/name": "karpenter"}
TAINT = {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}
SCHEDULED_TIMEOUT_SECONDS = 30


def group(name: str, zone: str, size: int, **inputs: Any) -> list[dict[str, Any]]:
    sizes = {"minSize": size, "maxSize": size, "desiredSize": size}
    asked = {"amiType": "AL2023_x86_64_STANDARD", "subnetIds": ["a"], "scalingConfig": sizes, **inputs}
    nodes = pool_nodes(EKS_NODE_GROUP, name, asked).nodes()
    for node in nodes:
        node["metadata"]["labels"]["topology.kubernetes.io/zone"] = zone
    return nodes


def pod(index: int) -> dict[str, Any]:
    """One as the chart makes it: what it adds to the values is that no two are on one node."""
    said = values("ml", "us-east-1", "queue")
    selector = {"labelSelector": {"matchLabels": LABELS}}
    apart = [{"topologyKey": "kubernetes.io/hostname", **selector}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"karpenter-{index}", "namespace": "default", "labels": LABELS},
        "spec": {
            "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": apart}},
            "topologySpreadConstraints": [{**one, **selector} for one in said["topologySpreadConstraints"]],
            "containers": [{"name": "controller", "image": "controller", "resources": said["controller"]["resources"]}],
        },
    }


def test_both_stand_on_the_cpu_nodes_of_one_zone_though_gpu_nodes_are_in_another() -> None:
    cpu = group("cpu", "us-east-1a", REPLICAS, instanceTypes=["m6i.large"])
    gpu = group("gpu", "us-east-1b", 1, instanceTypes=["g4dn.xlarge"], amiType="AL2023_x86_64_NVIDIA", taints=[TAINT])
    with control_plane.start(binaries.ensure(lambda _: None), lambda _: None) as plane:
        api = KubernetesApi(plane.kubeconfig)
        for node in [*cpu, *gpu]:
            made = api.create(node)
            api.patch({**made, "apiVersion": "v1", "kind": "Node"}, {"status": node["status"]}, "status")
        _until_pods_may_come(api)
        for index in range(REPLICAS):
            api.create(pod(index))
        placed = _placed(api)
    assert placed == {node["metadata"]["name"] for node in cpu}


def _until_pods_may_come(api: KubernetesApi) -> None:
    deadline = time.monotonic() + SCHEDULED_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if "default" in [one["metadata"]["namespace"] for one in api.list("v1", "ServiceAccount")]:
            return
        time.sleep(0.1)


def _placed(api: KubernetesApi) -> set[str]:
    deadline = time.monotonic() + SCHEDULED_TIMEOUT_SECONDS
    placed = set[str]()
    while len(placed) < REPLICAS and time.monotonic() < deadline:
        time.sleep(0.5)
        placed = {one["spec"]["nodeName"] for one in api.list("v1", "Pod") if one["spec"].get("nodeName")}
    return placed
