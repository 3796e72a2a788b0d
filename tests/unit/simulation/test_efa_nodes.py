"""Nodes with EFA: what workloads and the autoscaler are told of them, and what the simulated ones show."""

import base64
from collections.abc import Mapping
from typing import Any

import pytest

import gpuplane
from gpuplane.devices.efa_device_plugin.args import EfaDevicePluginArgs
from gpuplane.devices.efa_device_plugin.inputs import daemonset_inputs
from gpuplane.kubernetes.quantity import MIB, parse
from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs
from gpuplane.nodepools.eks.facts import facts
from gpuplane.nodepools.eks.inputs import group_inputs
from gpuplane.nodepools.eks.template import template_inputs
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.device_plugins import DevicePlugins
from gpuplane.simulation.nodes.pool_resources import EKS_NODE_GROUP, pool_nodes
from gpuplane.testing import record
from gpuplane.workloads.compute import DAEMONSETS_MEMORY, machine_share

POOL = {"cluster": "ml", "subnet_ids": ["subnet-1"], "machine_type": "p5.48xlarge", "min_nodes": 1, "max_nodes": 2}
PLACE = {"cluster_security_group_id": "sg-0", "vpc_id": "vpc-0"}
EFA = {**PLACE, "efa": {}}
G6 = {"machine_type": "g6.8xlarge"}
BOTTLEROCKET = {"os": "bottlerocket"}
LABEL = "vpc.amazonaws.com/efa.present"
ANSWERS: dict[str, Any] = {
    "aws:iam/role:Role": lambda one: {"name": one.name, "arn": f"arn:aws:iam::1:role/{one.name}"},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1},
    "aws:eks/nodeGroup:NodeGroup": lambda one: {
        "nodeGroupName": one.name,
        "resources": [{"autoscalingGroups": [{"name": "eks-h100"}]}],
    },
}


def valid(**changes: Any) -> EksGpuNodePoolArgs:
    return EksGpuNodePoolArgs.parse("pool", {**POOL, **changes})


@pytest.mark.parametrize(
    ("changes", "interfaces", "pages"),
    [
        ({}, 0, 0),
        (EFA, 32, 42242),
        ({**EFA, **G6}, 1, 7042),
        ({**EFA, "machine_type": "p4d.24xlarge"}, 4, 21122),
        ({**EFA, "machine_type": "p6-b300.48xlarge"}, 16, 42242),
        ({**EFA, **BOTTLEROCKET}, 32, 0),
    ],
)
def test_a_pool_says_what_pods_may_ask_for_and_what_its_nodes_set_aside(
    changes: dict[str, Any], interfaces: int, pages: int
) -> None:
    known = facts("h100", valid(**changes))
    assert (known.efa_interfaces, known.huge_pages_mib) == (interfaces, pages)


@pytest.mark.parametrize(("changes", "label"), [({}, None), (EFA, "true"), ({**EFA, **BOTTLEROCKET}, "true")])
def test_a_label_leads_the_plugin_to_nodes_with_efa(changes: dict[str, Any], label: str | None) -> None:
    assert group_inputs("h100", valid(**changes))["labels"].get(LABEL) == label


@pytest.mark.parametrize(
    ("changes", "tags"),
    [
        ({}, {}),
        (EFA, {"vpc.amazonaws.com/efa": "32", "hugepages-2Mi": "42242Mi"}),
        ({**EFA, **BOTTLEROCKET}, {"vpc.amazonaws.com/efa": "32"}),
        (
            {**EFA, "machine_type": "p4d.24xlarge", "partition_size": "3g.20gb"},
            {
                "nvidia.com/gpu": "16",
                "nvidia.com/mig-3g.20gb": "16",
                "vpc.amazonaws.com/efa": "4",
                "hugepages-2Mi": "21122Mi",
            },
        ),
    ],
)
def test_the_autoscaler_knows_the_interfaces_of_nodes_that_are_still_to_come(
    changes: dict[str, Any], tags: dict[str, str]
) -> None:
    found = record(lambda: gpuplane.EksGpuNodePool("h100", {**POOL, **changes}), answers=ANSWERS)
    made = [one.inputs for one in found.resources if one.type == "aws:autoscaling/tag:Tag"]
    prefix = "k8s.io/cluster-autoscaler/node-template/resources/"
    assert {one["tag"]["key"].removeprefix(prefix): one["tag"]["value"] for one in made} == tags


def node(template: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    args = valid(**changes)
    made = template_inputs("h100", args, "sg-efa" if args.efa else None)
    inputs = {"nodeRoleArn": "arn", **group_inputs("h100", args)}
    return pool_nodes(EKS_NODE_GROUP, "h100", inputs, {**made, **(template or {})}).make(0)


@pytest.mark.parametrize("changes", [{}, EFA, {**EFA, **BOTTLEROCKET}])
def test_a_server_on_all_gpus_fits_its_node_beside_the_huge_pages(changes: dict[str, Any]) -> None:
    _, memory = machine_share(facts("h100", valid(**changes)), 8)
    left = parse(node(**changes)["status"]["allocatable"]["memory"]) - parse(memory.request)
    assert DAEMONSETS_MEMORY <= left < DAEMONSETS_MEMORY + 128 * MIB


def sysctl(name: str, pages: str) -> dict[str, str]:
    text = f'[settings.kernel.sysctl]\n"{name}" = {pages}\n'
    return {"userData": base64.b64encode(text.encode()).decode()}


@pytest.mark.parametrize(
    ("template", "changes", "pages_mib"),
    [
        ({}, G6, 0),
        ({}, {**EFA, **G6}, 7042),
        ({}, {**EFA, **G6, **BOTTLEROCKET}, 0),
        (sysctl("vm.nr_hugepages", '"3000"'), {**EFA, **G6, **BOTTLEROCKET}, 6000),
        (sysctl("vm/nr_hugepages", '"10"'), {**G6, **BOTTLEROCKET}, 20),
        (sysctl("vm.nr_hugepages", '"many"'), {**G6, **BOTTLEROCKET}, 0),
    ],
)
def test_a_node_shows_its_huge_pages_and_so_much_less_memory(
    template: dict[str, str], changes: dict[str, Any], pages_mib: int
) -> None:
    plain = node(**G6, **({"os": changes["os"]} if "os" in changes else {}))["status"]
    found = node(template, **changes)["status"]
    expected = f"{pages_mib}Mi" if pages_mib else None
    assert [found[kind].get("hugepages-2Mi") for kind in ("capacity", "allocatable")] == [expected, expected]
    assert found["capacity"]["memory"] == plain["capacity"]["memory"]
    assert parse(plain["allocatable"]["memory"]) - parse(found["allocatable"]["memory"]) == pages_mib * MIB
    assert all(found[kind]["cpu"] == plain[kind]["cpu"] for kind in ("capacity", "allocatable"))


def daemon_set(*paths: str, name: str = "it", **pod: Any) -> dict[str, Any]:
    volumes = [{"name": f"v{index}", "hostPath": {"path": path}} for index, path in enumerate(paths)]
    mounts = [{"name": volume["name"], "mountPath": volume["hostPath"]["path"]} for volume in volumes]
    spec = {"containers": [{"name": "it", "volumeMounts": mounts}], "volumes": volumes, **pod}
    tolerations = [{"operator": "Exists"}]
    template = {"spec": {"tolerations": tolerations, **spec}}
    return {"metadata": {"name": name, "namespace": "devices"}, "spec": {"template": template}}


OURS = daemonset_inputs(
    EfaDevicePluginArgs.parse("it", {"pools": [facts("h100", valid(**EFA)).model_dump()], "namespace": "efa"})
)
# As AWS's chart has it: other names, slashes at the end, a folder more.
CHARTS = daemon_set("/var/lib/kubelet/device-plugins", "/dev/infiniband/", "/opt/aws/neuron/")
NVIDIAS = daemon_set("/var/lib/kubelet/device-plugins")


def plugins(on: Mapping[str, Any], *daemon_sets: dict[str, Any], ready: str = "True") -> DevicePlugins:
    """The plugins of a cluster in which the pods of all sets run on the node."""
    pods = [
        {
            "metadata": {"name": f"pod-{index}", "namespace": one["metadata"]["namespace"]},
            "spec": {**one["spec"]["template"]["spec"], "nodeName": on["metadata"]["name"]},
            "status": {"conditions": [{"type": "Ready", "status": ready}]},
        }
        for index, one in enumerate(daemon_sets)
    ]
    return DevicePlugins(Snapshot(**{**vars(Snapshot.empty()), "daemon_sets": list(daemon_sets), "pods": pods}))


@pytest.mark.parametrize("daemon_set", [OURS, CHARTS], ids=["ours", "chart"])
@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        (EFA, {"vpc.amazonaws.com/efa": "32"}),
        ({**EFA, "machine_type": "p6-b300.48xlarge"}, {"vpc.amazonaws.com/efa": "16"}),
        ({}, {}),
    ],
)
def test_a_plugins_pod_shows_the_interfaces_that_its_node_has(
    daemon_set: dict[str, Any], changes: dict[str, Any], shown: dict[str, str]
) -> None:
    it = node(**changes)
    assert plugins(it, daemon_set).shown(it) == shown
    assert plugins(it, daemon_set, ready="False").shown(it) == {}
    assert plugins(it).shown(it) == {}


@pytest.mark.parametrize("daemon_set", [OURS, CHARTS], ids=["ours", "chart"])
def test_it_is_not_taken_for_nvidias_plugin(daemon_set: dict[str, Any]) -> None:
    it = node(**EFA)
    assert "nvidia.com/gpu" not in plugins(it, daemon_set).shown(it)
    assert plugins(it, daemon_set, NVIDIAS).shown(it) == {"nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "32"}
    bottlerockets = node(**EFA, **BOTTLEROCKET)
    assert list(plugins(bottlerockets, daemon_set).problems(bottlerockets)) == [], "no second advertiser of GPUs"
    (problem,) = plugins(bottlerockets, NVIDIAS).problems(bottlerockets)
    assert problem.what == "a second advertiser of GPUs"


def test_a_node_to_be_has_the_interfaces_that_its_plugin_will_show() -> None:
    it = node(**EFA)
    found = DevicePlugins(Snapshot(**{**vars(Snapshot.empty()), "daemon_sets": [OURS]}))
    assert found.with_devices(it)["status"]["allocatable"]["vpc.amazonaws.com/efa"] == "32"
    assert not found.is_done(it)
    elsewhere = daemon_set("/var/lib/kubelet/device-plugins", "/dev/infiniband", nodeSelector={"efa": "no"})
    assert DevicePlugins(Snapshot(**{**vars(Snapshot.empty()), "daemon_sets": [elsewhere]})).expected(it) == {}


@pytest.mark.parametrize("changes", [EFA, {**EFA, **BOTTLEROCKET}], ids=["al2023", "bottlerocket"])
def test_interfaces_come_with_the_plugins_pod_and_go_with_it_and_gpus_stay(changes: dict[str, Any]) -> None:
    it = node(**changes)
    it["status"]["allocatable"]["nvidia.com/gpu"] = "8"
    come = {"vpc.amazonaws.com/efa": "32"}
    assert plugins(it, OURS).change(it) == {"status": {"capacity": come, "allocatable": come}}
    it["status"]["allocatable"] |= come
    assert plugins(it, OURS).change(it) == {}
    go = {"vpc.amazonaws.com/efa": None}
    assert plugins(it).change(it) == {"status": {"capacity": go, "allocatable": go}}
