"""The whole space of device plugin configs over EC2's machines: an error with a path, or what the simulator shows."""

from typing import Any

import yaml
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from gpuplane.arguments.errors import InvalidArgumentsError, Problem
from gpuplane.devices.gpu_operator.args import GpuOperatorArgs
from gpuplane.devices.nvidia_device_plugin.args import NamedConfigs, NvidiaDevicePluginArgs
from gpuplane.devices.nvidia_device_plugin.facts import CONFIG_LABEL
from gpuplane.devices.nvidia_device_plugin.fields.host import CdiFeatureFlag
from gpuplane.devices.nvidia_device_plugin.inputs.config_file import config_data
from gpuplane.devices.nvidia_device_plugin.inputs.daemonsets import (
    Sources,
    feature_discovery_inputs,
    mps_inputs,
    plugin_inputs,
    uses_mps,
)
from gpuplane.hardware import BUILT_IN, MigStrategy
from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs
from gpuplane.nodepools.eks.facts import facts
from gpuplane.nodepools.eks.inputs import group_inputs
from gpuplane.platforms import Platform
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.device_plugins import DevicePlugins, amounts
from gpuplane.simulation.nodes.pool_resources import EKS_NODE_GROUP, pool_nodes

GPUS = [known.name for known in BUILT_IN.machines(Platform.EKS) if known.vendor == "nvidia" and not known.is_fractional]
SHARED = st.fixed_dictionaries({"replicas": st.sampled_from([2, 4, 48, 49])}, optional={
    "rename_by_default": st.booleans(),
    "fail_requests_greater_than_one": st.booleans(),
})  # fmt: skip
CONFIGS = st.fixed_dictionaries(
    {},
    optional={
        "mig_strategy": st.sampled_from(MigStrategy),
        "time_slicing": SHARED,
        "mps": SHARED,
        "shared_devices_allocation_policy": st.sampled_from(["distributed", "packed"]),
        "device_list_strategy": st.lists(st.sampled_from(["envvar", "volume-mounts", "cdi-cri"]), max_size=2),
        "device_id_strategy": st.sampled_from(["uuid", "index"]),
        "pass_device_specs": st.booleans(),
        "gdrcopy_enabled": st.booleans(),
        "imex_channel": st.booleans(),
    },
)
FOLDERS = st.sampled_from(["/", "/run/nvidia/driver", "relative"])
HOSTS = st.fixed_dictionaries(
    {}, optional={"driver_root": FOLDERS, "dev_root": FOLDERS, "cdi_hook_path": FOLDERS, "mps_root": FOLDERS}
)
PODS = st.fixed_dictionaries(
    {},
    optional={
        "node_selector": st.sampled_from([{}, {"team": "text"}, {"topology.kubernetes.io/zone": "nowhere"}]),
        "host_network": st.booleans(),
        "resources": st.sampled_from([{}, {"limits": {}}, {"limits": {"memory": "1Gi"}}, {"limits": {"cpu": "1m"}}]),
        "update_strategy": st.sampled_from(["RollingUpdate", "OnDelete"]),
        "max_unavailable": st.sampled_from(["1", "10%", "0"]),
        "image_pull_secrets": st.sampled_from([[], ["mirror"]]),
    },
)
SHAPES = st.fixed_dictionaries(
    {},
    optional={
        "host": HOSTS,
        "pods": PODS,
        "cdi_feature_flags": st.lists(st.sampled_from(CdiFeatureFlag), max_size=2),
        "feature_discovery": st.sampled_from([{}, {"interval_seconds": 0}, {"timestamp": False}]),
    },
)


@st.composite
def pools(draw: st.DrawFn) -> EksGpuNodePoolArgs:
    """A pool of any machine, with a config of its own or not, and cut where it can be."""
    name = draw(st.sampled_from(GPUS))
    profiles = list(BUILT_IN.accelerator(str(BUILT_IN.machine(Platform.EKS, name).accelerator)).mig_profiles)
    labels = draw(st.sampled_from([{}, {CONFIG_LABEL: "other"}, {CONFIG_LABEL: "typo"}]))
    labels |= draw(st.sampled_from([{}, {"team": "text"}, {"team": "vision"}]))
    shape: dict[str, Any] = {"cluster": "ml", "subnet_ids": ["subnet-1"], "machine_type": name, "max_nodes": 1}
    part = draw(st.sampled_from([None, *profiles]))
    return EksGpuNodePoolArgs.parse("pool", {**shape, "labels": labels, "partition_size": part})


def checked(kind: type[NamedConfigs], wanted: dict[str, Any]) -> tuple[NamedConfigs | None, list[Problem]]:
    try:
        return kind.parse("it", wanted), []
    except InvalidArgumentsError as error:
        return None, error.problems


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(pool=pools(), default=CONFIGS, other=CONFIGS)
def test_a_config_is_an_error_with_a_path_or_shows_what_servers_ask_for(
    pool: EksGpuNodePoolArgs, default: dict[str, Any], other: dict[str, Any]
) -> None:
    known = facts("gpus", pool)
    kind = GpuOperatorArgs if pool.partition_size else NvidiaDevicePluginArgs
    args, problems = checked(kind, {"pools": [known], "configs": {"default": default, "other": other}})
    assert all(problem.path for problem in problems)
    if args is None:
        return
    event("accepted")
    asked = args.facts(known)
    name = pool.labels.get(CONFIG_LABEL, "default")
    said = yaml.safe_load(config_data(args, [known])[name])
    assert amounts(node_of(pool), said) == {asked.resource_name: str(asked.gpus_per_node)}


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(pool=pools().filter(lambda one: not one.partition_size), config=CONFIGS, shape=SHAPES)
def test_a_plugin_is_an_error_with_a_path_or_its_pods_show_the_gpus_of_the_nodes_that_they_select(
    pool: EksGpuNodePoolArgs, config: dict[str, Any], shape: dict[str, Any]
) -> None:
    known = facts("gpus", pool)
    configs = {"default": config, "other": {}, "typo": {}}
    args, problems = checked(NvidiaDevicePluginArgs, {"pools": [known], "configs": configs, **shape})
    assert all(problem.path for problem in problems)
    if args is None:
        return
    assert isinstance(args, NvidiaDevicePluginArgs)
    event("accepted")
    sources, node, asked = Sources("configs", "account"), node_of(pool), args.facts(known)
    made = [plugin_inputs(args, sources)]
    made += [mps_inputs(args, sources)] if uses_mps(args) else []
    made += [feature_discovery_inputs(args, args.feature_discovery, sources)] if args.feature_discovery else []
    maps = {"metadata": {"name": "configs", "namespace": args.namespace}, "data": config_data(args, [known])}
    snapshot = Snapshot(**{**vars(Snapshot.empty()), "daemon_sets": made, "config_maps": [maps]})
    is_selected = args.pods.node_selector.items() <= node["metadata"]["labels"].items()
    wanted = {asked.resource_name: str(asked.gpus_per_node)} if is_selected else {}
    assert DevicePlugins(snapshot).expected(node) == wanted
    for one in made:
        spec = one["spec"]["template"]["spec"]
        mounts = [mount["name"] for container in spec["containers"] for mount in container["volumeMounts"]]
        assert {volume["name"] for volume in spec["volumes"]} >= set(mounts)
        assert all(volume["hostPath"]["path"].startswith("/") for volume in spec["volumes"] if "hostPath" in volume)


def node_of(pool: EksGpuNodePoolArgs) -> dict[str, Any]:
    return pool_nodes(EKS_NODE_GROUP, "gpus", {"nodeRoleArn": "arn", **group_inputs("gpus", pool)}).make(0)
