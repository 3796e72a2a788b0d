"""GKE pools of every kind, in the stack and against a real control plane."""

import time
from pathlib import Path
from typing import Any

import pytest

from gpuplane.nodepools.compute_class.args import GkeComputeClassArgs
from gpuplane.nodepools.compute_class.facts import facts
from gpuplane.nodepools.compute_class.inputs import class_inputs
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.rehearsal import binaries
from gpuplane.rehearsal.control_plane import control_plane
from gpuplane.rehearsal.control_plane.api import KubernetesApi, Refused
from gpuplane.rehearsal.controllers.cloud_controllers import CloudControllers
from gpuplane.rehearsal.controllers.compute_classes import ComputeClasses
from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
from gpuplane.rehearsal.scenarios import Scenario
from gpuplane.rehearsal.verdict.verdict import Verdict, pool_of
from projects import project_with

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


# A pool that may hold one more replica while a rollout lasts asks for more than prod's own quota.
ROOM = {"serving": {"quota": {"gpus": 9, "cpu": "36"}}}


def rehearsed(folder: Path, **overlay: Any) -> Verdict:
    project = project_with(folder, "prod", {"tenants": ROOM, **overlay})
    return rehearse_stack(project, "prod", lambda _: None).verdict


def servers(held: Verdict) -> list[tuple[int, int]]:
    return [(row.ready, row.wanted) for row in held.servers if row.workload.endswith("/resnet50")]


def nodes(held: Verdict) -> dict[str, int]:
    return {row.pool: row.nodes for row in held.pools}


def test_three_servers_share_one_gpu_by_time(tmp_path: Path) -> None:
    sharing = {"strategy": "time-sharing", "maxClients": 4}
    pool = {"machineType": "n1-standard-32", "minNodes": 0, "sharing": sharing}
    held = rehearsed(tmp_path, pools={"gke": {"t4": pool}})
    assert held.findings == []
    assert servers(held) == [(3, 3)]
    assert nodes(held)["t4-pool"] == 1


def test_servers_take_partitions_of_a_gpu(tmp_path: Path) -> None:
    pool = {"machineType": "a2-highgpu-4g", "accelerator": None, "minNodes": 0, "sharing": {"partitionSize": "3g.20gb"}}
    held = rehearsed(tmp_path, pools={"gke": {"t4": pool}})
    assert held.findings == []
    assert servers(held) == [(3, 3)]
    assert nodes(held)["t4-pool"] == 1


def test_a_machine_of_the_stacks_own_holds_its_servers(tmp_path: Path) -> None:
    held = rehearsed(
        tmp_path,
        accelerators={"nvidia-b900": {"memoryMib": 294912}},
        machines={
            "a5-highgpu-8g": {
                "platform": "gke",
                "vcpus": 240,
                "memoryGib": 4096,
                "accelerator": "nvidia-b900",
                "gpus": 8,
                "bootDisks": ["hyperdisk-balanced"],
            }
        },
        pools={"gke": {"t4": {"machineType": "a5-highgpu-8g", "accelerator": None, "minNodes": 1}}},
    )
    assert held.findings == []
    assert servers(held) == [(3, 3)]


def test_a_pool_in_another_region_than_its_cluster_is_the_clusters_refusal(tmp_path: Path) -> None:
    broken = {"pool": {"nodeLocations": ["europe-west4-a"]}}
    held = rehearsed(tmp_path, pools={"gke": {"t4": {"transforms": broken}}})
    assert (
        "nodeLocations[0]: googleapi: Error 400: europe-west4-a is not a zone of the cluster's region us-central1"
        in {one.reason for one in held.findings}
    )


def test_servers_of_a_compute_class_get_nodes_by_its_first_way(tmp_path: Path) -> None:
    ways = [{"provisioningModel": "reservation", "reservation": {"name": "l4s"}}, {"provisioningModel": "spot"}]
    l4 = {"machineType": "g2-standard-12", "maxNodes": 4, "priorities": ways}
    held = rehearsed(
        tmp_path,
        pools={"gke": {"t4": None}, "computeClasses": {"l4": l4}},
        models={"resnet50": {"gpu": {"pool": "l4"}}},
    )
    assert held.findings == []
    assert servers(held) == [(3, 3)]
    assert nodes(held)["nap-l4"] == 3


WAYS: list[dict[str, Any]] = [
    {"provisioningModel": "reservation", "reservation": {"name": "l4s"}, "zones": ["us-central1-a"]},
    {"provisioningModel": "on-demand", "zones": ["us-central1-b"]},
    {"provisioningModel": "spot", "zones": ["us-central1-c"]},
]
L4S: dict[str, Any] = {"machineType": "g2-standard-12", "maxNodes": 4, "priorities": WAYS}


def test_nodes_come_by_the_next_way_where_one_has_none_left() -> None:
    args = GkeComputeClassArgs.from_config({**L4S, "project": "acme"})
    with control_plane.start(binaries.ensure(lambda _: None), lambda _: None) as plane:
        api = KubernetesApi(plane.kubeconfig)
        with CloudControllers(api) as controllers:
            until_pods_may_come(api)
            ComputeClasses(controllers, []).on_object(class_inputs("l4", args, "nodes@acme.iam.gserviceaccount.com"))
            found: list[str] = []
            for index, sold_out in enumerate(["", "nap-l4", "nap-l4-2"]):
                if sold_out:
                    controllers.sell_out(sold_out)
                api.create(pod(f"server-{index}", facts("l4", args)))
                found.append(pool_of_pod(api, controllers, f"server-{index}"))
            controllers.sell_out("nap-l4-3")
            api.create(pod("late", facts("l4", args)))
            late = pool_of_pod(api, controllers, "late", seconds=3)
    assert (found, late) == (["nap-l4", "nap-l4-2", "nap-l4-3"], "")


def until_pods_may_come(api: KubernetesApi) -> None:
    """Waits for the default service account, without which pods are refused."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            api.get("v1", "ServiceAccount", "default", "default")
        except Refused:
            time.sleep(0.1)
        else:
            return


def pod(name: str, known: PoolFacts) -> dict[str, Any]:
    """A pod that takes a node's GPU, and so its place."""
    container = {"name": "server", "image": "server", "resources": {"limits": {known.resource_name: "1"}}}
    spec = {"nodeSelector": known.node_selector, "tolerations": known.tolerations, "containers": [container]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default"}, "spec": spec}


def pool_of_pod(api: KubernetesApi, controllers: CloudControllers, name: str, seconds: float = 60) -> str:
    """The pool of the node that the scheduler binds a pod to; empty where it stays pending."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        snapshot = controllers.fresh()
        node_name = api.get("v1", "Pod", name, "default")["spec"].get("nodeName")
        for node in snapshot.nodes:
            if node["metadata"]["name"] == node_name:
                return pool_of(node)
    return ""


def test_a_lost_zone_of_the_first_way_brings_the_servers_to_the_next(tmp_path: Path) -> None:
    server = {"gpu": {"pool": "l4"}, "scaling": {"minReplicas": 1, "maxReplicas": 2}}
    pools = {"gke": {"t4": None}, "computeClasses": {"l4": L4S}}
    project = project_with(tmp_path, "prod", {"pools": pools, "models": {"resnet50": server}})
    held = rehearse_stack(project, "prod", lambda _: None, scenarios=[Scenario.ZONE]).verdict
    assert held.findings == []
    assert nodes(held)["nap-l4"] == 1
    zone = held.scenarios[-1]
    assert (zone.name, zone.findings) == ("zone", [])
    assert zone.notes[0].startswith("us-central1-a lost")


def test_a_pool_with_networks_for_gpudirect_brings_their_objects(tmp_path: Path) -> None:
    networks = [{"network": f"gpu-{index}", "subnetwork": f"gpu-{index}"} for index in range(8)]
    mega = {"machineType": "a3-megagpu-8g", "maxNodes": 1, "network": {"additionalNetworks": networks}}
    held = rehearsed(tmp_path, cluster={"gke": {"multiNetworking": True}}, pools={"gke": {"mega": mega}})
    assert held.findings == []
    assert any("GKENetworkParamSet of networking.gke.io was not validated" in note for note in held.notes)
