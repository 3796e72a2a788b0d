"""NVIDIA's device plugin on its nodes: where it finds things, how its pods run, and what feature discovery does."""

from typing import Any

import pytest

import gpuplane
from gpuplane.devices.nvidia_device_plugin.args import IMAGE, NvidiaDevicePluginArgs
from gpuplane.devices.nvidia_device_plugin.inputs.daemonsets import (
    Sources,
    feature_discovery_inputs,
    mps_inputs,
    plugin_inputs,
)
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.testing import record
from refusals import told

CDI = {"configs": {"default": {"device_list_strategy": ["cdi-cri"]}}}
MPS = {"configs": {"default": {"mps": {"replicas": 4}}}}
SOURCES = Sources("configs", None)


def pool(**labels: str) -> PoolFacts:
    return PoolFacts(
        name="t4",
        platform="eks",
        machine_type="g4dn.xlarge",
        accelerator="t4",
        gpus_per_node=1,
        min_nodes=0,
        max_nodes=3,
        advertiser="nvidia-device-plugin",
        labels=labels,
    )


def args(**said: Any) -> NvidiaDevicePluginArgs:
    return NvidiaDevicePluginArgs.parse("it", {"pools": [], **said})


def daemon_sets(**said: Any) -> list[dict[str, Any]]:
    """All three, since MPS is asked for and feature discovery."""
    shape = args(**{**MPS, "feature_discovery": {}, **said})
    assert shape.feature_discovery
    return [
        plugin_inputs(shape, SOURCES),
        mps_inputs(shape, SOURCES),
        feature_discovery_inputs(shape, shape.feature_discovery, SOURCES),
    ]


def pod(inputs: dict[str, Any]) -> dict[str, Any]:
    return inputs["spec"]["template"]["spec"]


def plugin(**said: Any) -> dict[str, Any]:
    return pod(plugin_inputs(args(**said), SOURCES))


def env(spec: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one.get("value", "") for one in spec["containers"][0]["env"]}


def host_paths(spec: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["hostPath"]["path"] for one in spec["volumes"] if "hostPath" in one}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"host": {"driver_root": "run/nvidia"}}, ["host.driver_root: must be an absolute path, got 'run/nvidia'"]),
        (
            {"host": {"dev_root": "/"}},
            [
                "host.dev_root: must be left out where containers get no device nodes from the plugin, fix: "
                "pass_device_specs, or cdi-cri in the device_list_strategy, of a config"
            ],
        ),
        (
            {"host": {"cdi_hook_path": "/opt/nvidia-cdi-hook"}},
            [
                "host.cdi_hook_path: must be left out without a CDI strategy, fix: cdi-cri in the "
                "device_list_strategy of a config"
            ],
        ),
        ({"host": {"mps_root": "/opt/mps"}}, ["host.mps_root: must be left out without MPS, fix: mps in a config"]),
        (
            {"cdi_feature_flags": ["disable-nvsandboxutils"]},
            [
                "cdi_feature_flags: must be left out without a CDI strategy, fix: cdi-cri in the "
                "device_list_strategy of a config"
            ],
        ),
        (
            {**CDI, "cdi_feature_flags": ["disable-multiple-csv-devices"]},
            [
                "cdi_feature_flags[0]: should be 'enable-explicit-driver-libraries', 'disable-nvsandboxutils', "
                "'enable-coherent-annotations', 'no-additional-gids-for-device-nodes' or 'disable-ipc-discoverer', "
                "got 'disable-multiple-csv-devices'"
            ],
        ),
        (
            {"feature_discovery": {"interval_seconds": 0}},
            ["feature_discovery.interval_seconds: must be at least 1, got 0"],
        ),
        ({**CDI, "host": {"dev_root": "/", "cdi_hook_path": "/opt/hook"}, "cdi_feature_flags": []}, []),
        ({"configs": {"default": {"pass_device_specs": True}}, "host": {"dev_root": "/"}}, []),
        ({**MPS, "host": {"mps_root": "/opt/mps"}}, []),
    ],
)
def test_what_no_config_would_use_is_refused(said: dict[str, Any], expected: list[str]) -> None:
    assert told(lambda: args(**said)) == expected


@pytest.mark.parametrize(
    ("pods", "expected"),
    [
        (
            {"node_selector": {"-team": "a b"}},
            [
                "pods.node_selector['-team']: must be at most 63 letters, digits, '-', '_' and '.', a letter or digit "
                "first and last, got 'a b'",
                "pods.node_selector['-team']: must be at most 63 letters, digits, '-', '_' and '.', a letter or digit "
                "first and last, optionally after a DNS name and '/', got '-team'",
            ],
        ),
        (
            {"resources": {"requests": {"memory": "512Mi"}}},
            ["pods.resources.limits.memory: must be at least the request, got '256Mi', request is '512Mi'"],
        ),
        (
            {"resources": {"limits": {"memory": "much", "nvidia.com/gpu": "1"}}},
            [
                "pods.resources.limits.memory: not a quantity, got 'much', "
                "allowed: a number with m, k, M, G, T, Ki, Mi, Gi or Ti",
                "pods.resources.limits['nvidia.com/gpu']: unknown resource, got 'nvidia.com/gpu', allowed: cpu, memory",
            ],
        ),
        (
            {"max_unavailable": "0"},
            ["pods.max_unavailable: must be a number from 1 or a percentage from 1% to 100%, got '0'"],
        ),
        (
            {"max_unavailable": "101%"},
            ["pods.max_unavailable: must be a number from 1 or a percentage from 1% to 100%, got '101%'"],
        ),
        (
            {"update_strategy": "OnDelete", "max_unavailable": "10%"},
            ["pods.max_unavailable: must be left out with update_strategy 'OnDelete', got '10%'"],
        ),
        ({"update_strategy": "OnDelete"}, []),
        ({"resources": {"limits": {}}}, []),
    ],
)
def test_pods_that_would_be_refused_or_run_otherwise_are_refused(pods: Any, expected: list[str]) -> None:
    assert told(lambda: args(pods=pods)) == expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (
            {"team": "vision"},
            [
                "pools[0]: pool 't4' must have label team=text of pods.node_selector, or no plugin shows its GPUs, got "
                "'vision', fix: the label, or the selector"
            ],
        ),
        ({"team": "text"}, []),
        # It may be the platform's own, which nobody gives.
        ({}, []),
    ],
)
def test_a_selector_leaves_no_pool_without_a_plugin(labels: dict[str, str], expected: list[str]) -> None:
    assert told(lambda: args(pools=[pool(**labels)], pods={"node_selector": {"team": "text"}})) == expected


def test_where_the_host_has_things_is_told_to_the_plugin() -> None:
    host = {"driver_root": "/run/nvidia/driver", "dev_root": "/", "cdi_hook_path": "/opt/hook"}
    flags = ["disable-nvsandboxutils", "no-additional-gids-for-device-nodes"]
    found = plugin(**CDI, host=host, cdi_feature_flags=flags)
    assert env(found) == {
        **env(found),
        "NVIDIA_DRIVER_ROOT": "/run/nvidia/driver",
        "NVIDIA_DEV_ROOT": "/",
        "NVIDIA_CDI_HOOK_PATH": "/opt/hook",
        "CDI_FEATURE_FLAGS": "disable-nvsandboxutils,no-additional-gids-for-device-nodes",
    }
    assert host_paths(found)["driver-root"] == "/run/nvidia/driver"
    assert {"name": "driver-root", "mountPath": "/driver-root", "readOnly": True} in found["containers"][0][
        "volumeMounts"
    ]
    shared = plugin(**MPS, host={"mps_root": "/opt/mps/"})
    assert env(shared)["MPS_ROOT"] == "/opt/mps/"
    assert (host_paths(shared)["mps-root"], host_paths(shared)["mps-shm"]) == ("/opt/mps/", "/opt/mps/shm")
    daemon = daemon_sets(host={"mps_root": "/opt/mps"})[1]
    assert host_paths(pod(daemon)) == {"mps-root": "/opt/mps", "mps-shm": "/opt/mps/shm"}


def test_what_the_plugin_does_by_default_it_is_not_told() -> None:
    assert set(env(plugin())) == {
        "NODE_NAME",
        "NVIDIA_VISIBLE_DEVICES",
        "NVIDIA_DRIVER_CAPABILITIES",
        "CONFIG_FILE",
    }


def test_how_the_pods_run_is_the_same_for_all_three_daemon_sets() -> None:
    amounts = {"requests": {"memory": "128Mi"}, "limits": {"memory": "1Gi"}}
    pods = {
        "node_selector": {"team": "text"},
        "host_network": True,
        "resources": amounts,
        "image_pull_secrets": ["mirror"],
    }
    for made in daemon_sets(image="registry.example.com/plugin:v1", runtime_class="cdi", pods=pods):
        spec = pod(made)
        assert spec["nodeSelector"] == {"nvidia.com/gpu.present": "true", "team": "text"}
        assert (spec["hostNetwork"], spec["dnsPolicy"]) == (True, "ClusterFirstWithHostNet")
        assert spec["imagePullSecrets"] == [{"name": "mirror"}]
        assert spec["runtimeClassName"] == "cdi"
        assert spec["tolerations"] == [{"operator": "Exists"}]
        main = spec["containers"][0]
        assert (main["image"], main["resources"]) == ("registry.example.com/plugin:v1", amounts)
        assert "imagePullPolicy" not in main


def test_by_default_the_pods_have_an_address_of_their_own_and_little_else() -> None:
    for made in daemon_sets():
        spec = pod(made)
        assert "hostNetwork" not in spec
        assert "imagePullSecrets" not in spec
        assert spec["containers"][0]["image"] == IMAGE
        assert spec["containers"][0]["resources"] == {
            "requests": {"cpu": "50m", "memory": "64Mi"},
            "limits": {"memory": "256Mi"},
        }


@pytest.mark.parametrize(
    ("pods", "expected"),
    [
        ({}, {"type": "RollingUpdate"}),
        ({"max_unavailable": "3"}, {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 3}}),
        ({"max_unavailable": "10%"}, {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}}),
        ({"update_strategy": "OnDelete"}, {"type": "OnDelete"}),
    ],
)
def test_when_a_changed_plugin_comes_is_for_the_daemon_sets_to_say(pods: Any, expected: Any) -> None:
    assert [made["spec"]["updateStrategy"] for made in daemon_sets(pods=pods)] == [expected] * 3


def test_feature_discovery_leaves_a_file_and_asks_the_api_server_nothing() -> None:
    discovery = daemon_sets(feature_discovery={"interval_seconds": 300, "timestamp": False})[2]
    spec = pod(discovery)
    assert env(spec) == {
        **env(spec),
        "USE_NODE_FEATURE_API": "false",
        "GFD_SLEEP_INTERVAL": "300s",
        "GFD_NO_TIMESTAMP": "true",
    }
    assert spec["automountServiceAccountToken"] is False
    assert host_paths(spec)["features"] == "/etc/kubernetes/node-feature-discovery/features.d"
    assert spec["containers"][0]["securityContext"] == {"privileged": True}
    assert discovery["metadata"]["namespace"] == "nvidia-device-plugin"
    assert env(pod(daemon_sets()[2]))["GFD_NO_TIMESTAMP"] == "false"


@pytest.mark.parametrize(("own", "expected"), [(True, 1), (False, 0)])
def test_node_feature_discovery_of_the_cluster_stays_the_only_one(own: bool, expected: int) -> None:
    said = {"pools": [], "feature_discovery": {"node_feature_discovery": own}}
    found = record(lambda: gpuplane.NvidiaDevicePlugin("it", said))
    assert len(found.all("Release")) == expected
    assert found.one("DaemonSet", "it-gpu-feature-discovery")
