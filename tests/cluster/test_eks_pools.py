"""EKS GPU pools of every kind in the project's own staging stack, against a real control plane."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gpuplane.hardware import BUILT_IN
from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs
from gpuplane.nodepools.eks.facts import facts
from gpuplane.nodepools.eks.inputs import group_inputs
from gpuplane.nodepools.eks.template import template_inputs
from gpuplane.platforms import Platform
from gpuplane.program.project import Project
from gpuplane.rehearsal import binaries
from gpuplane.rehearsal.control_plane import control_plane
from gpuplane.rehearsal.control_plane.api import KubernetesApi
from gpuplane.rehearsal.controllers.cloud_controllers import CloudControllers
from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.verdict import Verdict
from gpuplane.simulation.nodes.node import COUNT_ANNOTATION
from gpuplane.simulation.nodes.pool_resources import EKS_NODE_GROUP, pool_nodes
from gpuplane.workloads.security import CONTAINER_SECURITY
from projects import ROOT, project_with

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

KARPENTER = ROOT / "tests" / "fixtures" / "karpenter"
SUBNETS = {"subnetIds": ["subnet-0a1b2c3d4e5f60001"]}
ON_LATER: dict[str, Any] = {"resnet50": {"gpu": {"pool": "later", "count": 1}}}
SCHEDULED_TIMEOUT_SECONDS = 60


def staging(folder: Path, **overlay: Any) -> Verdict:
    folder.mkdir(exist_ok=True)
    return rehearse_stack(project_with(folder, "staging", overlay), "staging", lambda _: None).verdict


def nodes(held: Verdict) -> dict[str, int]:
    return {row.pool: row.nodes for row in held.pools if not row.pool.endswith("-cpu")}


def test_bottlerocket_advertises_its_gpus_without_a_device_plugin(tmp_path: Path) -> None:
    pool = {"os": "bottlerocket", "fips": True, "instanceStore": True}
    held = staging(tmp_path, pools={"eks": {"t4": pool}}, devices={"nvidiaDevicePlugin": None})
    assert held.findings == []
    assert nodes(held) == {"t4-group": 2}


def test_a_pool_with_taints_of_its_own_takes_the_device_plugin_and_the_servers_that_name_it(tmp_path: Path) -> None:
    taints = [{"key": "team", "value": "vision"}, {"key": "night", "effect": "NoExecute"}]
    held = staging(tmp_path, pools={"eks": {"t4": {"taints": taints}}})
    assert held.findings == []
    assert [(row.held, row.available) for row in held.gpus] == [(2, 2)]


EFA_PLUGIN = {"image": f"registry.example.com/aws-efa-k8s-device-plugin:v0.5.20@sha256:{'0123456789abcdef' * 4}"}
WITH_EFA: dict[str, Any] = {**SUBNETS, "machineType": "g6.8xlarge", "maxNodes": 1, "efa": {}}


def trained(folder: Path, pool: dict[str, Any], plugin: dict[str, Any]) -> Verdict:
    """The staging stack with one pool, and with a job alone that takes a GPU, an EFA interface and huge pages."""
    image = f"registry.example.com/ml-images/training:v1.2.0@sha256:{'0123456789abcdef' * 4}"
    asked = {
        "cpu": "4",
        "memory": "16Gi",
        "nvidia.com/gpu": "1",
        "vpc.amazonaws.com/efa": "1",
        "hugepages-2Mi": "5120Mi",
    }
    container = {
        "name": "trainer",
        "image": image,
        "resources": {"requests": asked, "limits": asked},
        "securityContext": CONTAINER_SECURITY,
    }
    job = {
        "tenant": "serving",
        "image": image,
        "cpu": {"request": "4"},
        "memory": {"request": "16Gi"},
        "gpu": {"pool": "later", "count": 1},
        "transforms": {"job": {"spec": {"template": {"spec": {"containers": [container]}}}}},
    }
    return staging(
        folder,
        pools={"eks": {"t4": None, "later": pool}},
        devices={"efaDevicePlugin": plugin, **({"nvidiaDevicePlugin": None} if "os" in pool else {})},
        models={"resnet50": None},
        jobs={"train": job},
    )


def test_a_job_takes_interfaces_that_the_efa_plugin_shows(tmp_path: Path) -> None:
    held = trained(tmp_path, WITH_EFA, EFA_PLUGIN)
    assert held.findings == []
    assert nodes(held) == {"later-group": 1}


def test_without_the_efa_plugin_on_its_node_a_job_stays_pending(tmp_path: Path) -> None:
    elsewhere = {"spec": {"template": {"spec": {"nodeSelector": {"vpc.amazonaws.com/efa.present": "no"}}}}}
    plugin = {**EFA_PLUGIN, "transforms": {"daemonset": elsewhere}}
    held = trained(tmp_path, {**WITH_EFA, "minNodes": 1}, plugin)
    (finding,) = held.findings
    assert (finding.object, finding.source) == ("Job ml-staging/train", "scheduler")
    assert "1 Insufficient vpc.amazonaws.com/efa" in finding.reason
    assert finding.keys == ("devices.efaDevicePlugin",)


def test_on_bottlerocket_a_job_that_wants_huge_pages_stays_pending(tmp_path: Path) -> None:
    held = trained(tmp_path, {**WITH_EFA, "os": "bottlerocket", "minNodes": 1}, EFA_PLUGIN)
    (finding,) = held.findings
    assert "1 Insufficient hugepages-2Mi" in finding.reason


def test_a_capacity_block_with_efa_brings_its_nodes(tmp_path: Path) -> None:
    block = {"capacityType": "capacity-block", "reservation": {"id": "cr-0123456789abcdef0"}}
    later = {**SUBNETS, **block, "machineType": "p5.48xlarge", "maxNodes": 2, "efa": {"placementGroup": True}}
    room = {"serving": {"quota": {"gpus": 5}}}
    devices = {"efaDevicePlugin": EFA_PLUGIN}
    pools = {"eks": {"t4": None, "later": later}}
    held = staging(tmp_path, pools=pools, tenants=room, models=ON_LATER, devices=devices)
    assert held.findings == []
    assert nodes(held) == {"later-group": 1}
    assert [(row.resource, row.held, row.available) for row in held.gpus] == [("nvidia.com/gpu", 2, 8)]


def test_a_cluster_of_ones_own_making_holds_the_servers(tmp_path: Path) -> None:
    cluster = {
        "publicCidrs": [],
        "admins": {"ops": "arn:aws:iam::123456789012:role/ops"},
        "addOnVersions": {"vpc-cni": "latest", "coredns": "v1.12.1-eksbuild.2"},
        "efs": True,
        "cpuInstanceType": "m7g.xlarge",
    }
    held = staging(tmp_path, cluster={"eks": cluster})
    assert held.findings == []
    assert {row.machine_type for row in held.pools} == {"m7g.xlarge", "g4dn.2xlarge"}


def test_karpenter_brings_nodes_for_pods_that_wait(tmp_path: Path) -> None:
    later = {**SUBNETS, "accelerator": "l4", "machineTypes": ["g6.2xlarge", "g6.4xlarge"], "maxNodes": 4}
    capacity = {"capacityType": ["reserved", "spot", "on-demand"], "reservationIds": ["cr-0123456789abcdef0"]}
    pools = {"eks": {"t4": None}, "karpenter": {"later": {**later, **capacity, "weight": 10}}}
    held = staging(tmp_path, pools=pools, models=ON_LATER)
    assert held.findings == []
    assert nodes(held) == {"later": 2}
    assert not any(note.startswith("assumed: Karpenter") for note in held.notes)


def test_a_cluster_that_is_there_is_assumed_to_have_karpenter(tmp_path: Path) -> None:
    existing = {"eks": None, "existingEks": {"cluster": "ml", "region": "us-east-1"}}
    pools = {"eks": {"t4": None}, "karpenter": {"later": {**SUBNETS, "accelerator": "l4", "maxNodes": 4}}}
    held = staging(tmp_path, pools=pools, models=ON_LATER, cluster=existing)
    assert held.findings == []
    assert nodes(held)["later"] == 2
    assert "assumed: Karpenter is in the cluster, which its pools need to have nodes" in held.notes


def test_a_new_cluster_that_a_program_gives_karpenter_has_its_nodes() -> None:
    held = rehearse_stack(Project.at(KARPENTER), "with", lambda _: None).verdict
    assert _beside_policy(held) == []
    assert {row.pool: row.nodes for row in held.pools} == {"ml-cpu": 2, "l4": 2}
    said = "Helm release karpenter of chart oci://public.ecr.aws/karpenter/karpenter: its objects were not validated, "
    assert f"{said}its nodes are simulated" in held.notes


def test_on_a_new_cluster_without_karpenter_servers_stay_pending_and_it_is_named() -> None:
    held = rehearse_stack(Project.at(KARPENTER), "without", lambda _: None).verdict
    assert {row.pool: row.nodes for row in held.pools} == {"ml-cpu": 2}
    (finding,) = _beside_policy(held)
    assert (finding.object, finding.what) == ("Deployment default/bert", "0 of 2 replicas ready")
    assert (finding.source, finding.keys) == ("scheduler", ("Karpenter: none in the program",))


EMPTY = {"eks": {"t4": {"minNodes": 0}}}


def test_a_new_cluster_gets_the_autoscaler_that_its_pools_grow_by(tmp_path: Path) -> None:
    held = staging(tmp_path, pools=EMPTY)
    assert held.findings == []
    assert nodes(held) == {"t4-group": 2}
    assert {row.workload: row.ready for row in held.servers}["kube-system/cluster-autoscaler"] == 1
    assert not any("autoscaler is in the cluster" in note for note in held.notes)


def test_without_an_autoscaler_servers_stay_pending_and_its_key_is_named(tmp_path: Path) -> None:
    held = staging(tmp_path, pools=EMPTY, cluster={"autoscaler": {"enabled": False}})
    assert nodes(held) == {}
    (finding,) = [one for one in held.findings if one.object == "Deployment ml-staging/resnet50"]
    assert (finding.what, finding.source) == ("0 of 2 replicas ready", "scheduler")
    assert finding.keys == ("cluster.autoscaler.enabled",)


def test_a_cluster_that_is_there_is_assumed_to_have_an_autoscaler(tmp_path: Path) -> None:
    held = staging(
        tmp_path, pools=EMPTY, cluster={"eks": None, "existingEks": {"cluster": "ml", "region": "us-east-1"}}
    )
    assert held.findings == []
    assert nodes(held)["t4-group"] == 2
    assert "assumed: a cluster autoscaler is in the cluster, which EKS pools need to grow" in held.notes


P4D = {**SUBNETS, "machineType": "p4d.24xlarge", "partitionSize": "1g.5gb", "maxNodes": 1}
QUOTA = {"serving": {"quota": {"gpuResources": {"nvidia.com/mig-1g.5gb": 5}}}}


def test_servers_take_partitions_that_the_operators_mig_manager_makes(tmp_path: Path) -> None:
    operator = {"nvidiaDevicePlugin": None, "gpuOperator": {"configs": {"default": {"migStrategy": "mixed"}}}}
    pools = {"eks": {"t4": None, "later": P4D}}
    held = staging(tmp_path, pools=pools, models=ON_LATER, devices=operator, tenants=QUOTA)
    assert held.findings == []
    assert nodes(held) == {"later-group": 1}
    assert [(row.resource, row.held, row.available) for row in held.gpus] == [("nvidia.com/mig-1g.5gb", 2, 56)]


def test_servers_take_partitions_that_bottlerocket_makes(tmp_path: Path) -> None:
    pools = {"eks": {"t4": None, "later": {**P4D, "os": "bottlerocket"}}}
    five = {"serving": {"quota": {"gpus": 5}}}
    held = staging(tmp_path, pools=pools, models=ON_LATER, devices={"nvidiaDevicePlugin": None}, tenants=five)
    assert held.findings == []
    assert [(row.resource, row.held, row.available) for row in held.gpus] == [("nvidia.com/gpu", 2, 56)]


def test_without_the_mig_manager_no_server_gets_a_partition(tmp_path: Path) -> None:
    off = {"release": {"values": {"migManager": {"enabled": False}}}}
    operator = {"configs": {"default": {"migStrategy": "mixed"}}, "transforms": off}
    pools = {"eks": {"t4": None, "later": {**P4D, "minNodes": 1}}}
    devices = {"nvidiaDevicePlugin": None, "gpuOperator": operator}
    held = staging(tmp_path, pools=pools, models=ON_LATER, devices=devices, tenants=QUOTA)
    assert any("Insufficient nvidia.com/mig-1g.5gb" in one.reason for one in held.findings)


def test_karpenters_limit_on_gpus_holds(tmp_path: Path) -> None:
    later = {**SUBNETS, "os": "bottlerocket", "accelerator": "l4", "machineTypes": ["g6.2xlarge"], "maxNodes": 1}
    pools = {"eks": {"t4": None}, "karpenter": {"later": later}}
    held = staging(tmp_path, pools=pools, models=ON_LATER, devices={"nvidiaDevicePlugin": None})
    assert nodes(held) == {"later": 1}
    assert "Insufficient nvidia.com/gpu" in held.findings[0].reason
    assert "pools.karpenter.later.maxNodes" in held.findings[0].keys


def _beside_policy(held: Verdict) -> list[Finding]:
    return [one for one in held.findings if one.source != "policy"]


def test_nodes_of_every_machine_with_whole_gpus_take_a_server_with_one() -> None:
    names = [
        known.name for known in BUILT_IN.machines(Platform.EKS) if known.vendor == "nvidia" and not known.is_fractional
    ]
    with control_plane.start(binaries.ensure(lambda _: None), lambda _: None) as plane:
        api = KubernetesApi(plane.kubeconfig)
        with CloudControllers(api) as controllers:
            for name in names:
                _add(controllers, name)
            for node in api.list("v1", "Node"):
                gpus = {"nvidia.com/gpu": node["metadata"]["annotations"][COUNT_ANNOTATION]}
                api.patch(node, {"status": {"capacity": gpus, "allocatable": gpus}}, "status")
            for name in names:
                api.create(_server(name))
            placed = _scheduled(api, len(names))
    assert placed == {f"server-{_slug(name)}": name for name in names}


def _add(controllers: CloudControllers, name: str) -> None:
    args = _args(name)
    inputs = {"nodeRoleArn": "arn", **group_inputs("pool", args)}
    controllers.add_pool(name, pool_nodes(EKS_NODE_GROUP, _slug(name), inputs, template_inputs("pool", args)))


def _args(name: str) -> EksGpuNodePoolArgs:
    shape = {"cluster": "ml", "subnet_ids": ["subnet-1"], "machine_type": name, "min_nodes": 1, "max_nodes": 1}
    return EksGpuNodePoolArgs.parse("pool", shape)


def _slug(name: str) -> str:
    return name.replace(".", "-")


def _server(name: str) -> dict[str, Any]:
    known = facts("pool", _args(name))
    container = {"name": "server", "image": "server", "resources": {"limits": {known.resource_name: "1"}}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"server-{_slug(name)}", "namespace": "default"},
        "spec": {
            "nodeSelector": {**known.node_selector, "node.kubernetes.io/instance-type": name},
            "tolerations": known.tolerations,
            "containers": [container],
        },
    }


def _scheduled(api: KubernetesApi, wanted: int) -> Mapping[str, str]:
    """The machine type that each pod is on."""
    deadline = time.monotonic() + SCHEDULED_TIMEOUT_SECONDS
    placed: dict[str, str] = {}
    while len(placed) < wanted and time.monotonic() < deadline:
        time.sleep(0.5)
        types = {
            node["metadata"]["name"]: node["metadata"]["labels"]["node.kubernetes.io/instance-type"]
            for node in api.list("v1", "Node")
        }
        placed = {
            pod["metadata"]["name"]: types[pod["spec"]["nodeName"]]
            for pod in api.list("v1", "Pod")
            if pod["spec"].get("nodeName")
        }
    return placed
