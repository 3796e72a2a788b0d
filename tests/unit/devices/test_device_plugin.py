"""NVIDIA's device plugin: what its configs may say, what they make of pools, and the objects they decide."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from pydantic.alias_generators import to_camel

from gpuplane.devices.nvidia_device_plugin.args import NvidiaDevicePluginArgs
from gpuplane.devices.nvidia_device_plugin.facts import CONFIG_LABEL, shared_facts
from gpuplane.devices.nvidia_device_plugin.fields.config import DevicePluginConfig
from gpuplane.devices.nvidia_device_plugin.fields.feature_discovery import FeatureDiscovery
from gpuplane.devices.nvidia_device_plugin.inputs.config_file import config_file
from gpuplane.devices.nvidia_device_plugin.inputs.daemonsets import (
    Sources,
    feature_discovery_inputs,
    mps_inputs,
    plugin_inputs,
)
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.plain.nested import field
from refusals import told

SLICED = {"time_slicing": {"replicas": 4}}
RENAMED = {"time_slicing": {"replicas": 4, "rename_by_default": True}}
MPS = {"mps": {"replicas": 4}}
MIXED = {"mig_strategy": "mixed"}
ELSE_OF_AN_A100 = {f"nvidia.com/mig-{size}" for size in ("1g.10gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb")}


def pool(name: str = "t4", config: str | None = None, **changes: Any) -> PoolFacts:
    plain: dict[str, Any] = {
        "name": name,
        "platform": "eks",
        "machine_type": "g4dn.12xlarge",
        "accelerator": "t4",
        "accelerator_memory_mib": 16384,
        "gpus_per_node": 4,
        "min_nodes": 0,
        "max_nodes": 3,
        "advertiser": "nvidia-device-plugin",
        "labels": {CONFIG_LABEL: config} if config else {},
    }
    return PoolFacts(**{**plain, **changes})


def a100(**changes: Any) -> PoolFacts:
    cut: dict[str, Any] = {
        "machine_type": "p4d.24xlarge",
        "accelerator": "a100-40gb",
        "mig_profile": "1g.5gb",
        "gpus_per_node": 56,
        "physical_gpus_per_node": 8,
        "accelerator_memory_mib": 4864,
    }
    return pool(**{"name": "a100", **cut, **changes})


def problems(pools: list[PoolFacts] | None = None, **args: Any) -> list[str]:
    return told(lambda: NvidiaDevicePluginArgs.parse("it", {"pools": pools or [], **args}))


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            {"time_slicing": {"replicas": 1}},
            ["configs.default.time_slicing.replicas: must be at least 2, got 1, fix: leave time_slicing out"],
        ),
        ({"mps": {"replicas": 49}}, ["configs.default.mps.replicas: must be from 2 to 48, got 49"]),
        (
            {**SLICED, **MPS},
            ["configs.default.mps: must not be given beside time_slicing, fix: leave one of them out"],
        ),
        (
            {**MPS, "mig_strategy": "single"},
            [
                "configs.default.mps: must share whole GPUs, got mig_strategy 'single', allowed: 'none', "
                "fix: time_slicing instead"
            ],
        ),
        (
            {"shared_devices_allocation_policy": "packed"},
            [
                "configs.default.shared_devices_allocation_policy: must be left out where GPUs are whole, "
                "got 'packed', fix: time_slicing, mps or a mig_strategy"
            ],
        ),
        ({"device_list_strategy": []}, ["configs.default.device_list_strategy: must have at least one, got none"]),
        (
            {"device_list_strategy": ["cdi-cri", "cdi-annotations"], "pass_device_specs": True},
            [
                "configs.default.pass_device_specs: must be left out with CDI alone, which hands out device nodes "
                "itself, got device_list_strategy cdi-cri, cdi-annotations, fix: envvar beside it"
            ],
        ),
        ({"device_list_strategy": ["cdi-cri", "envvar"], "pass_device_specs": True}, []),
        (
            {"device_list_strategy": ["cdi"]},
            [
                "configs.default.device_list_strategy[0]: should be 'envvar', 'volume-mounts', 'cdi-annotations' or "
                "'cdi-cri', got 'cdi'"
            ],
        ),
        ({"time_slicing": {"replica": 4}}, ["configs.default.time_slicing.replica: unknown key, nearest: replicas"]),
        ({**SLICED, **MIXED, "shared_devices_allocation_policy": "packed"}, []),
        (MPS, []),
    ],
)
def test_a_config_that_the_plugin_would_refuse_is_refused_at_once(config: Any, expected: list[str]) -> None:
    found = problems(configs={"default": config})
    assert [one for one in found if "required, got nothing" not in one] == expected


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"namespace": "kube-system"}, ["namespace: must be one of its own, which this makes, got 'kube-system'"]),
        (
            {"configs": {"sliced": SLICED}},
            ["default_config: unknown config, got 'default', allowed: sliced"],
        ),
        (
            {"configs": {"sliced": SLICED}, "default_config": "slicd"},
            ["default_config: unknown config, got 'slicd', nearest: sliced"],
        ),
        (
            {"configs": {"default": {}, "four of them": SLICED}},
            ["configs: must be named by what a node label can hold, got 'four of them'"],
        ),
        (
            {"pools": [pool(config="slicd")], "configs": {"default": {}, "sliced": SLICED}},
            ["pools[0]: pool 't4' label nvidia.com/device-plugin.config: unknown config, got 'slicd', nearest: sliced"],
        ),
        (
            {"pools": [a100()]},
            [
                "pools[0]: pool 'a100' must show partitions of 1g.5gb, got config 'default' with mig_strategy 'none', "
                "allowed: single, mixed"
            ],
        ),
        (
            {"pools": [a100(mig_profile="5g.40gb")], "configs": {"default": MIXED}},
            [
                "pools[0]: pool 'a100' unknown MIG profile of a100-40gb, got '5g.40gb', allowed: 1g.5gb, 1g.5gb+me, "
                "1g.10gb, 2g.10gb, 3g.20gb, 4g.20gb, 7g.40gb"
            ],
        ),
        (
            {"pools": [pool("v100", accelerator="v100-16gb")], "configs": {"default": {"mps": {"replicas": 17}}}},
            [
                "pools[0]: pool 'v100' must share each GPU between at most 16 by MPS, which is what the daemon takes "
                "of v100-16gb, got config 'default' with 17 replicas"
            ],
        ),
        ({"pools": [pool("v100", accelerator="v100-16gb")], "configs": {"default": {"mps": {"replicas": 16}}}}, []),
        ({"pools": [pool(accelerator="one of ours")], "configs": {"default": {"mps": {"replicas": 48}}}}, []),
        (
            {"pools": [pool(gpus_per_node=8, physical_gpus_per_node=4)]},
            [
                "pools[0]: pool 't4' must share its GPUs by a config of the plugin, got 8 shares of 4 GPUs by the pool "
                "itself, fix: time_slicing or mps in a config instead"
            ],
        ),
        (
            {"pools": [pool(), pool("other", config="sliced")], "configs": {"default": {}, "sliced": SLICED}},
            [
                "pools[0]: pool 't4' must carry the label nvidia.com/device-plugin.config, since pool 'other' shows "
                "the same accelerator as the same resource by config 'sliced', fix: label it, or rename_by_default in "
                "that config"
            ],
        ),
        ({"pools": [pool(), pool("other", config="sliced")], "configs": {"default": {}, "sliced": RENAMED}}, []),
        (
            {
                "pools": [pool(config="default"), pool("other", config="sliced")],
                "configs": {"default": {}, "sliced": SLICED},
            },
            [],
        ),
    ],
)
def test_every_pool_gets_a_config_that_fits_it(args: dict[str, Any], expected: list[str]) -> None:
    assert problems(**args) == expected


@pytest.mark.parametrize(
    ("facts", "config", "resource", "count", "most", "memory"),
    [
        (pool(), {}, "nvidia.com/gpu", 4, None, 16384),
        (pool(), SLICED, "nvidia.com/gpu", 16, 1, 16384),
        (pool(), RENAMED, "nvidia.com/gpu.shared", 16, 1, 16384),
        (pool(), MPS, "nvidia.com/gpu", 16, 1, 4096),
        (a100(), {"migStrategy": "single"}, "nvidia.com/gpu", 56, 1, 4864),
        (a100(), MIXED, "nvidia.com/mig-1g.5gb", 56, 1, 4864),
        (a100(), {**MIXED, **RENAMED}, "nvidia.com/mig-1g.5gb.shared", 224, 1, 4864),
        (pool(advertiser="gke", gpus_per_node=8, physical_gpus_per_node=4), SLICED, "nvidia.com/gpu", 8, None, 16384),
    ],
)
def test_what_a_pool_has_for_pods_follows_from_its_config(
    facts: PoolFacts, config: Any, resource: str, count: int, most: int | None, memory: int
) -> None:
    shared = shared_facts(facts, {"default": DevicePluginConfig.model_validate(config)}, "default")
    assert (shared.resource_name, shared.gpus_per_node) == (resource, count)
    assert (shared.max_gpus_per_container, shared.accelerator_memory_mib) == (most, memory)
    assert shared.physical_gpus_per_node == facts.physical_gpus_per_node


def test_pods_for_a_labelled_pool_select_its_config() -> None:
    configs = {"default": DevicePluginConfig(), "sliced": DevicePluginConfig.model_validate(SLICED)}
    assert shared_facts(pool(config="sliced"), configs, "default").selector == {CONFIG_LABEL: "sliced"}
    assert shared_facts(pool(), configs, "default").selector == {}


def test_the_config_file_says_what_the_config_does() -> None:
    file = yaml.safe_load(config_file(DevicePluginConfig(), []))
    flags = file["flags"]
    assert file["version"] == "v1"
    assert flags["failOnInitError"] is True
    assert (flags["migStrategy"], flags["plugin"]["deviceListStrategy"]) == ("none", ["envvar"])
    assert flags["plugin"]["sharedDevicesAllocationPolicy"] == "distributed"
    assert set(file) == {"version", "flags"}, "whole GPUs need no sharing, and no channels"
    assert "deviceDiscoveryStrategy" not in flags, "by default the driver is found"
    assert "cdiAnnotationPrefix" not in flags["plugin"]


@pytest.mark.parametrize(
    ("config", "key", "value"),
    [
        ({"migStrategy": "single"}, "migStrategy", "single"),
        ({"gdrcopyEnabled": True}, "gdrcopyEnabled", True),
        ({"gdsEnabled": True}, "gdsEnabled", True),
        ({"mofedEnabled": True}, "mofedEnabled", True),
        ({"passDeviceSpecs": True}, "plugin.passDeviceSpecs", True),
        ({"deviceListStrategy": ["cdi-cri", "envvar"]}, "plugin.deviceListStrategy", ["cdi-cri", "envvar"]),
        ({"deviceIdStrategy": "index"}, "plugin.deviceIDStrategy", "index"),
        ({**SLICED, "sharedDevicesAllocationPolicy": "packed"}, "plugin.sharedDevicesAllocationPolicy", "packed"),
    ],
)
def test_every_flag_of_a_config_is_in_its_file(config: Any, key: str, value: Any) -> None:
    before = yaml.safe_load(config_file(DevicePluginConfig(), []))["flags"]
    after = yaml.safe_load(config_file(DevicePluginConfig.model_validate(config), []))["flags"]
    assert (field(before, key) == value, field(after, key)) == (False, value)


@pytest.mark.parametrize(
    ("config", "accelerators", "way", "names"),
    [
        (SLICED, ["t4"], "time_slicing", {"nvidia.com/gpu"}),
        (MPS, ["a100-40gb"], "mps", {"nvidia.com/gpu"}),
        (
            {**MIXED, **RENAMED},
            ["a100-40gb", "t4"],
            "time_slicing",
            {"nvidia.com/gpu", "nvidia.com/mig-1g.5gb", "nvidia.com/mig-1g.5gb.me", *ELSE_OF_AN_A100},
        ),
    ],
)
def test_shares_are_in_the_file_as_they_were_asked_for(
    config: Any, accelerators: list[str], way: str, names: set[str]
) -> None:
    pools = [
        PoolFacts(
            name=name, platform="eks", machine_type="p4d.24xlarge", accelerator=name, gpus_per_node=1,
            min_nodes=0, max_nodes=1, advertiser="nvidia-device-plugin",
        )
        for name in accelerators
    ]  # fmt: skip
    file = yaml.safe_load(config_file(DevicePluginConfig.model_validate(config), pools))
    shared = file["sharing"][to_camel(way)]
    assert {one["name"] for one in shared["resources"]} == names
    assert all(one == {"name": one["name"], "replicas": 4} for one in shared["resources"])
    assert shared["renameByDefault"] == config[way].get("rename_by_default", False)
    assert shared["failRequestsGreaterThanOne"] is True


@pytest.mark.parametrize("way", ["timeSlicing", "mps"])
def test_larger_requests_are_let_through_where_they_are_asked_for(way: str) -> None:
    said = {way: {"replicas": 4, "failRequestsGreaterThanOne": False}}
    file = yaml.safe_load(config_file(DevicePluginConfig.model_validate(said), []))
    assert file["sharing"][way]["failRequestsGreaterThanOne"] is False


def test_an_imex_channel_is_one_that_the_plugin_sees() -> None:
    config = {"imex_channel": True}
    file = yaml.safe_load(config_file(DevicePluginConfig.model_validate(config), []))
    assert file["imex"] == {"channelIDs": [0], "required": True}
    pod = spec(plugin_inputs(args(configs={"default": config}), Sources("configs", None)))
    assert {"name": "driver-root", "mountPath": "/driver-root", "readOnly": True} in pod["containers"][0][
        "volumeMounts"
    ]


def args(**said: Any) -> NvidiaDevicePluginArgs:
    return NvidiaDevicePluginArgs.parse("it", {"pools": [], **said})


def spec(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return inputs["spec"]["template"]["spec"]


def test_one_config_is_a_file_and_its_pods_ask_the_api_server_nothing() -> None:
    pod = spec(plugin_inputs(args(), Sources("configs", None)))
    assert "initContainers" not in pod
    assert pod["automountServiceAccountToken"] is False
    assert {
        "name": "config",
        "configMap": {"name": "configs", "items": [{"key": "default", "path": "config.yaml"}]},
    } in (pod["volumes"])


def test_of_several_configs_a_node_has_the_one_that_its_label_says_now() -> None:
    two = args(configs={"default": {}, "sliced": SLICED})
    pod = spec(plugin_inputs(two, Sources("configs", "account")))
    once, watch = pod["initContainers"][0], pod["containers"][1]
    assert _env(once) == {**_env(once), "NODE_LABEL": CONFIG_LABEL, "DEFAULT_CONFIG": "default", "ONESHOT": "true"}
    assert (_env(watch)["ONESHOT"], _env(watch)["PROCESS_TO_SIGNAL"]) == ("false", "nvidia-device-plugin")
    assert (pod["serviceAccountName"], pod["shareProcessNamespace"]) == ("account", True)


def _env(container: Mapping[str, Any]) -> dict[str, str]:
    return {one["name"]: one.get("value", "") for one in container["env"]}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}),
        (MIXED, {"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}, "readOnlyRootFilesystem": True}),
        (
            {"device_list_strategy": ["volume-mounts"]},
            {"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}, "readOnlyRootFilesystem": True},
        ),
        ({"pass_device_specs": True}, {"privileged": True}),
    ],
)
def test_the_plugin_has_no_more_privileges_than_its_configs_need(config: Any, expected: dict[str, Any]) -> None:
    pod = spec(plugin_inputs(args(configs={"default": config}), Sources("configs", None)))
    assert pod["containers"][0]["securityContext"] == expected


def test_only_cdi_mounts_the_hosts_root_and_only_mps_its_pipes() -> None:
    def names(config: Any) -> set[str]:
        pod = spec(plugin_inputs(args(configs={"default": config}), Sources("configs", None)))
        return {volume["name"] for volume in pod["volumes"]}

    assert names({}) == {"device-plugins", "config"}
    assert names({"device_list_strategy": ["cdi-cri"]}) == {"device-plugins", "config", "cdi", "driver-root"}
    assert names(MPS) == {"device-plugins", "config", "mps-root", "mps-shm"}


@pytest.mark.parametrize(
    ("configs", "default", "expected"),
    [
        ({"default": {}, "mps": MPS}, "default", {"operator": "In", "values": ["mps"]}),
        ({"default": {}, "mps": MPS}, "mps", {"operator": "NotIn", "values": ["default"]}),
        ({"mps": MPS}, "mps", None),
    ],
)
def test_the_mps_daemon_runs_on_the_nodes_whose_config_needs_it(configs: Any, default: str, expected: Any) -> None:
    shape = args(configs=configs, default_config=default)
    pod = spec(mps_inputs(shape, Sources("configs", "account" if len(configs) > 1 else None)))
    required = pod.get("affinity", {}).get("nodeAffinity", {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    found = required["nodeSelectorTerms"][0]["matchExpressions"][0] if required else None
    assert found == ({"key": CONFIG_LABEL, **expected} if expected else None)
    assert pod["hostPID"] is True
    assert "shareProcessNamespace" not in pod


def test_no_two_daemon_sets_select_each_others_pods() -> None:
    shape, sources = args(configs={"mps": MPS}, default_config="mps"), Sources("configs", None)
    made = [
        plugin_inputs(shape, sources),
        mps_inputs(shape, sources),
        feature_discovery_inputs(shape, FeatureDiscovery(), sources),
    ]
    assert len({tuple(one["spec"]["selector"]["matchLabels"].items()) for one in made}) == 3
