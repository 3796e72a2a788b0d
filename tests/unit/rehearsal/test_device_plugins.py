"""What a simulated node shows of its GPUs: what the plugin that runs there would, by the config it would read."""

from collections.abc import Mapping
from typing import Any

import pytest

from gpuplane.devices.gke_driver_installer.args import GkeDriverInstallerArgs
from gpuplane.devices.gke_driver_installer.inputs import daemonset_inputs
from gpuplane.devices.gpu_operator.args import GpuOperatorArgs
from gpuplane.devices.gpu_operator.inputs import release_inputs
from gpuplane.devices.nvidia_device_plugin.args import NvidiaDevicePluginArgs
from gpuplane.devices.nvidia_device_plugin.facts import CONFIG_LABEL
from gpuplane.devices.nvidia_device_plugin.inputs.config_file import config_data
from gpuplane.devices.nvidia_device_plugin.inputs.daemonsets import Sources, plugin_inputs
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.device_plugins import DevicePlugins
from gpuplane.rehearsal.controllers.gpu_operator import GpuOperator, gpu_operator_of
from gpuplane.simulation.nodes.pool_resources import EKS_NODE_GROUP, GKE_NODE_POOL, pool_nodes

NAMESPACE = "nvidia-device-plugin"
TWO = {"default": {}, "sliced": {"time_slicing": {"replicas": 4}}}
RENAMED = {"default": {"time_slicing": {"replicas": 4, "rename_by_default": True}}}


def eks_node(labels: Mapping[str, str] | None = None, machine_type: str = "g4dn.12xlarge") -> dict[str, Any]:
    sizes = {"minSize": 1, "maxSize": 1, "desiredSize": 1}
    group = {"instanceTypes": [machine_type], "amiType": "AL2023_x86_64_NVIDIA", "subnetIds": ["a"]}
    own = {"nvidia.com/gpu.present": "true", **(labels or {})}
    return pool_nodes(EKS_NODE_GROUP, "t4", {**group, "scalingConfig": sizes, "labels": own}).make(0)


def gke_node(driver: str = "INSTALLATION_DISABLED", partition: str = "") -> dict[str, Any]:
    accelerator = {
        "type": "nvidia-tesla-a100",
        "count": 1,
        "gpuDriverInstallationConfig": {"gpuDriverVersion": driver},
        **({"gpuPartitionSize": partition} if partition else {}),
    }
    off = {"gke-no-default-nvidia-gpu-device-plugin": "true", "nvidia.com/gpu.present": "true"}
    labels = off if driver == "INSTALLATION_DISABLED" else {"nvidia.com/gpu.present": "true"}
    node = {"machineType": "a2-highgpu-1g", "guestAccelerators": [accelerator], "labels": labels}
    return pool_nodes(GKE_NODE_POOL, "a100", {"location": "us-central1", "nodeConfig": node, "nodeCount": 1}).make(0)


def plugin(configs: Any = None, **said: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The DaemonSet and the ConfigMap of the component."""
    args = NvidiaDevicePluginArgs.parse("it", {"pools": [], "configs": configs or {}, **said})
    daemon_set = plugin_inputs(args, Sources("configs", "account" if len(args.named_configs) > 1 else None))
    config_map = {"metadata": {"name": "configs", "namespace": NAMESPACE}, "data": config_data(args, [])}
    return daemon_set, config_map


def pod_of(daemon_set: Mapping[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    spec = {**daemon_set["spec"]["template"]["spec"], "nodeName": node["metadata"]["name"]}
    ready = {"conditions": [{"type": "Ready", "status": "True"}]}
    name = f"{daemon_set['metadata']['name']}-x"
    return {"metadata": {"name": name, "namespace": daemon_set["metadata"]["namespace"]}, "spec": spec, "status": ready}


def plugins(
    daemon_sets: list[dict[str, Any]],
    config_maps: list[dict[str, Any]],
    node: Mapping[str, Any],
    operators: list[GpuOperator] | None = None,
) -> DevicePlugins:
    """The plugins of a cluster in which the pods of all sets run on the node."""
    pods = [pod_of(one, node) for one in daemon_sets]
    parts = {**vars(Snapshot.empty()), "daemon_sets": daemon_sets, "config_maps": config_maps, "pods": pods}
    return DevicePlugins(Snapshot(**parts), operators or [])


def reasons(found: DevicePlugins, node: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.what, one.reason) for one in found.problems(node)]


@pytest.mark.parametrize(
    ("configs", "label", "shown"),
    [
        (None, None, {"nvidia.com/gpu": "4"}),
        (TWO, None, {"nvidia.com/gpu": "4"}),
        (TWO, "sliced", {"nvidia.com/gpu": "16"}),
        (RENAMED, None, {"nvidia.com/gpu.shared": "16"}),
        ({"default": {"mps": {"replicas": 2}}}, None, {"nvidia.com/gpu": "8"}),
        ({"default": {"mig_strategy": "mixed"}}, None, {"nvidia.com/gpu": "4"}),
    ],
)
def test_a_node_shows_what_its_config_makes_of_its_gpus(configs: Any, label: str | None, shown: Any) -> None:
    node = eks_node({CONFIG_LABEL: label} if label else None)
    daemon_set, config_map = plugin(configs)
    found = plugins([daemon_set], [config_map], node)
    assert found.shown(node) == found.expected(node) == shown
    assert list(found.problems(node)) == []


def test_the_simulator_and_the_component_agree_on_what_pods_ask_for() -> None:
    node = eks_node({CONFIG_LABEL: "sliced"})
    args = NvidiaDevicePluginArgs.parse("it", {"pools": [], "configs": TWO})
    pool = PoolFacts(
        name="t4",
        platform="eks",
        machine_type="g4dn.12xlarge",
        accelerator="t4",
        gpus_per_node=4,
        min_nodes=1,
        max_nodes=1,
        advertiser="nvidia-device-plugin",
        labels={CONFIG_LABEL: "sliced"},
    )
    facts = args.facts(pool)
    daemon_set, config_map = plugin(TWO)
    assert plugins([daemon_set], [config_map], node).shown(node) == {facts.resource_name: str(facts.gpus_per_node)}


def test_a_config_that_is_not_there_leaves_the_gpus_unknown_and_is_told() -> None:
    node = eks_node({CONFIG_LABEL: "slicd"})
    daemon_set, config_map = plugin(TWO)
    found = plugins([daemon_set], [config_map], node)
    assert found.shown(node) == {}
    assert reasons(found, node) == [
        (
            "advertises no GPUs",
            "no config 'slicd' in ConfigMap nvidia-device-plugin/configs, "
            "which the node's label nvidia.com/device-plugin.config selects",
        )
    ]


def test_a_config_map_that_is_not_there_leaves_the_gpus_unknown_and_is_told() -> None:
    node = eks_node()
    daemon_set, _ = plugin()
    found = plugins([daemon_set], [], node)
    assert found.shown(node) == {}
    assert reasons(found, node) == [("advertises no GPUs", "no ConfigMap nvidia-device-plugin/configs")]


def test_a_plugin_whose_pods_do_not_come_here_is_not_waited_for() -> None:
    node = eks_node()
    daemon_set, config_map = plugin()
    daemon_set["spec"]["template"]["spec"]["nodeSelector"] = {"nvidia.com/gpu.present": "yes"}
    parts = {**vars(Snapshot.empty()), "daemon_sets": [daemon_set], "config_maps": [config_map]}
    found = DevicePlugins(Snapshot(**parts))
    assert found.shown(node) == found.expected(node) == {}


def test_a_second_advertiser_is_told() -> None:
    node = gke_node("DEFAULT")
    daemon_set, config_map = plugin()
    found = plugins([daemon_set], [config_map], node)
    assert found.expected(node) == {"nvidia.com/gpu": "1"}
    assert reasons(found, node) == [
        ("a second advertiser of GPUs", "gke's own plugin already advertises them, allowed: one per node")
    ]


def test_without_a_driver_a_plugin_finds_no_gpu() -> None:
    node = gke_node()
    daemon_set, config_map = plugin()
    found = plugins([daemon_set], [config_map], node)
    assert found.shown(node) == {}
    assert reasons(found, node) == [("advertises no GPUs", "nothing installs a driver on the node")]


@pytest.mark.parametrize(
    ("strategy", "shown"),
    [("none", {"nvidia.com/gpu": "1"}), ("single", {"nvidia.com/gpu": "7"}), ("mixed", {"nvidia.com/mig-1g.5gb": "7"})],
)
def test_with_a_driver_partitions_are_shown_by_the_strategy(strategy: str, shown: Any) -> None:
    node = gke_node(partition="1g.5gb")
    installer = daemonset_inputs(GkeDriverInstallerArgs())
    daemon_set, config_map = plugin({"default": {"mig_strategy": strategy}})
    found = plugins([installer, daemon_set], [config_map], node)
    assert found.shown(node) == shown
    assert list(found.problems(node)) == []


@pytest.mark.parametrize(
    ("label", "manager", "shown"),
    [
        ("all-1g.5gb", True, {"nvidia.com/mig-1g.5gb": "56"}),
        ("all-1g.5gb.me", True, {"nvidia.com/mig-1g.5gb.me": "8"}),
        ("all-1g.6gb", True, {"nvidia.com/gpu": "8"}),
        ("all-1g.5gb", False, {"nvidia.com/gpu": "8"}),
    ],
)
def test_gpus_are_cut_where_a_mig_manager_reads_the_label(label: str, manager: bool, shown: Any) -> None:
    node = eks_node({"nvidia.com/mig.config": label}, "p4d.24xlarge")
    values = operator(configs={"default": {"mig_strategy": "mixed"}}).values
    made = GpuOperator({**values, "migManager": {"enabled": manager}})
    assert plugins([], [], node, [made]).shown(node) == shown


def operator(**said: Any) -> GpuOperator:
    made = gpu_operator_of(release_inputs(GpuOperatorArgs.parse("it", {"pools": [], **said})))
    assert made
    return made


def test_an_operators_plugin_is_taken_from_its_values() -> None:
    node = eks_node({CONFIG_LABEL: "sliced"})
    assert plugins([], [], node, [operator(configs=TWO)]).shown(node) == {"nvidia.com/gpu": "16"}
    assert plugins([], [], node, [operator()]).shown(node) == {}, "no config of that name"
    kept_off = eks_node({"nvidia.com/gpu.deploy.operands": "false"})
    assert plugins([], [], kept_off, [operator()]).shown(kept_off) == {}


def test_an_operator_brings_the_driver_only_when_it_is_told_to() -> None:
    node = gke_node()
    assert plugins([], [], node, [operator()]).shown(node) == {}
    assert plugins([], [], node, [operator(driver=True)]).shown(node) == {"nvidia.com/gpu": "1"}


def test_another_chart_is_no_operator() -> None:
    assert gpu_operator_of({"chart": "node-feature-discovery"}) is None
    assert gpu_operator_of({"chart": "nvidia/gpu-operator", "values": {}}) is not None


def test_a_node_to_be_has_the_shares_that_its_config_will_make() -> None:
    node = eks_node({CONFIG_LABEL: "sliced"})
    daemon_set, config_map = plugin(TWO)
    parts = {**vars(Snapshot.empty()), "daemon_sets": [daemon_set], "config_maps": [config_map]}
    found = DevicePlugins(Snapshot(**parts))
    assert found.with_devices(node)["status"]["allocatable"]["nvidia.com/gpu"] == "16"
    assert not found.is_done(node)
    assert found.is_done(found.with_devices(node))
    assert found.change(node) == {}, "nothing runs there yet"


def test_shares_under_a_new_name_are_the_old_ones_no_more() -> None:
    node = eks_node()
    node["status"]["allocatable"]["nvidia.com/gpu"] = "4"
    daemon_set, config_map = plugin(RENAMED)
    amounts = {"nvidia.com/gpu": None, "nvidia.com/gpu.shared": "16"}
    assert plugins([daemon_set], [config_map], node).change(node) == {
        "status": {"capacity": amounts, "allocatable": amounts}
    }
