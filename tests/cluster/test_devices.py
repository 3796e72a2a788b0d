"""What shows GPUs and watches over them, as it is and broken, against a real control plane."""

from pathlib import Path
from typing import Any

import pytest

from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
from gpuplane.rehearsal.verdict.verdict import Verdict
from projects import project_with

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

CONFIG = "nvidia.com/device-plugin.config"
SLICED = {"default": {}, "sliced": {"timeSlicing": {"replicas": 4}}}
RENAMED = {"default": {"timeSlicing": {"replicas": 4, "renameByDefault": True}}}
FOUR = {
    "cpu": {"request": "1", "limit": "2"},
    "memory": {"request": "2Gi", "limit": "4Gi"},
    "scaling": {"minReplicas": 4, "maxReplicas": 4},
}


def rehearsed(folder: Path, stack: str, **overlay: Any) -> Verdict:
    return rehearse_stack(project_with(folder, stack, overlay), stack, lambda _: None).verdict


def eks(
    folder: Path, configs: Any, label: str | None = None, server: Any = None, quota: Any = None, **pool: Any
) -> Verdict:
    """The staging stack with one T4 that four servers share."""
    labels = {"labels": {CONFIG: label}} if label else {}
    return rehearsed(
        folder,
        "staging",
        pools={"eks": {"t4": {"minNodes": 1, "maxNodes": 1, **labels, **pool}}},
        devices={"nvidiaDevicePlugin": {"configs": configs}},
        tenants={"serving": {"quota": quota or {}}},
        models={"resnet50": {**FOUR, **(server or {})}},
    )


def gke(folder: Path, devices: Any, server: Any = None, replicas: int = 1, **pool: Any) -> Verdict:
    """The prod stack with one A100."""
    a100 = {"machineType": "a2-highgpu-1g", "accelerator": None, "minNodes": 1, "maxNodes": 1, **pool}
    scaling = {"minReplicas": replicas, "maxReplicas": replicas}
    return rehearsed(
        folder,
        "prod",
        pools={"gke": {"t4": a100}},
        devices=devices,
        models={"resnet50": {**FOUR, "scaling": scaling, **(server or {})}},
    )


def server(held: Verdict) -> tuple[int, int]:
    row = next(one for one in held.servers if one.workload.endswith("/resnet50"))
    return row.ready, row.wanted


def reasons(held: Verdict) -> str:
    return "\n".join(f"{one.object}: {one.what}: {one.reason}" for one in held.findings)


def test_four_servers_share_one_t4_by_time_on_eks(tmp_path: Path) -> None:
    held = eks(tmp_path, SLICED, "sliced")
    assert held.findings == []
    assert server(held) == (4, 4)
    assert [(row.resource, row.held, row.available) for row in held.gpus] == [("nvidia.com/gpu", 4, 4)]


def test_a_label_that_names_no_config_leaves_the_servers_without_gpus(tmp_path: Path) -> None:
    typo = {"group": {"labels": {CONFIG: "slicd"}}}
    held = eks(tmp_path, SLICED, "sliced", transforms=typo)
    assert server(held) == (0, 4)
    assert "no config 'slicd' in ConfigMap" in reasons(held)
    assert "DaemonSet nvidia-device-plugin/nvidia-device-plugin: advertises no GPUs on 1 node" in reasons(held)


def test_renamed_shares_are_what_servers_ask_for(tmp_path: Path) -> None:
    held = eks(tmp_path, RENAMED, quota={"gpuResources": {"nvidia.com/gpu.shared": 4}})
    assert held.findings == []
    assert [(row.resource, row.held, row.available) for row in held.gpus] == [("nvidia.com/gpu.shared", 4, 4)]


def test_a_server_that_asks_for_a_whole_gpu_of_a_shared_pool_is_not_scheduled(tmp_path: Path) -> None:
    held = eks(tmp_path, RENAMED, server={"gpu": {"pool": None, "accelerator": "t4"}})
    assert server(held) == (0, 4)
    assert "Insufficient nvidia.com/gpu" in reasons(held)


def test_seven_servers_each_get_a_partition_of_one_a100_on_gke(tmp_path: Path) -> None:
    held = gke(tmp_path, None, replicas=7, sharing={"partitionSize": "1g.5gb"})
    assert held.findings == []
    assert server(held) == (7, 7)
    assert [(row.resource, row.held, row.available) for row in held.gpus] == [("nvidia.com/gpu", 7, 7)]


def test_a_server_for_partitions_that_no_pool_has_is_not_scheduled(tmp_path: Path) -> None:
    selector = {"nodeSelector": {"cloud.google.com/gke-gpu-partition-size": "3g.20gb"}}
    other = {"transforms": {"deployment": {"spec": {"template": {"spec": selector}}}}}
    held = gke(tmp_path, None, server=other, sharing={"partitionSize": "1g.5gb"})
    assert "didn't match Pod's node affinity/selector" in reasons(held)


def test_the_gpu_operator_shows_the_gpus_of_a_gke_pool_that_hands_them_over(tmp_path: Path) -> None:
    held = gke(tmp_path, {"gpuOperator": {}, "gkeDriverInstaller": {}}, driver="disabled")
    assert held.findings == []
    assert server(held) == (1, 1)
    assert any("of chart gpu-operator: its objects were not validated" in note for note in held.notes)


def test_without_a_driver_the_gpus_of_that_pool_stay_unknown(tmp_path: Path) -> None:
    nowhere = {"daemonset": {"spec": {"template": {"spec": {"nodeSelector": {"acme.example/nowhere": "true"}}}}}}
    devices = {"gpuOperator": {}, "gkeDriverInstaller": {"transforms": nowhere}}
    held = gke(tmp_path, devices, driver="disabled")
    assert server(held) == (0, 1)
    assert "Insufficient nvidia.com/gpu" in reasons(held)


def test_the_dcgm_exporter_is_on_every_gpu_node(tmp_path: Path) -> None:
    held = rehearsed(tmp_path, "staging", devices={"dcgmExporter": {"profiling": True}})
    row = next(one for one in held.servers if one.workload == "dcgm-exporter/dcgm-exporter")
    assert held.findings == []
    assert (row.ready, row.wanted) == (2, 2)


def test_an_exporter_that_does_not_tolerate_the_gpu_taint_is_on_no_node(tmp_path: Path) -> None:
    bare = {"daemonset": {"spec": {"template": {"spec": {"tolerations": []}}}}}
    held = rehearsed(tmp_path, "staging", devices={"dcgmExporter": {"transforms": bare}})
    row = next(one for one in held.servers if one.workload == "dcgm-exporter/dcgm-exporter")
    assert (row.ready, row.wanted) == (0, 0)


def test_mps_brings_its_daemon_to_the_nodes_whose_config_needs_it(tmp_path: Path) -> None:
    held = eks(tmp_path, {"default": {}, "mps": {"mps": {"replicas": 4}}}, "mps")
    assert held.findings == []
    row = next(one for one in held.servers if one.workload == "nvidia-device-plugin/mps-control-daemon")
    assert (row.ready, row.wanted) == (1, 1)
    assert server(held) == (4, 4)


def test_a_plugin_with_all_that_can_be_said_of_it_shows_the_gpus_of_its_nodes(tmp_path: Path) -> None:
    plugin = {
        "configs": {
            "default": {"deviceListStrategy": ["cdi-cri"], "imexChannel": True},
            "mps": {"mps": {"replicas": 4}},
        },
        "host": {"driverRoot": "/run/nvidia/driver", "devRoot": "/", "cdiHookPath": "/opt/hook", "mpsRoot": "/opt/mps"},
        "cdiFeatureFlags": ["disable-nvsandboxutils"],
        "pods": {
            "nodeSelector": {"team": "vision"},
            "hostNetwork": True,
            "resources": {"limits": {"memory": "512Mi"}},
            "maxUnavailable": "10%",
            "imagePullSecrets": ["mirror"],
        },
        "featureDiscovery": {"intervalSeconds": 300, "timestamp": False, "nodeFeatureDiscovery": False},
    }
    t4 = {"minNodes": 1, "maxNodes": 1, "labels": {CONFIG: "mps", "team": "vision"}}
    held = rehearsed(
        tmp_path,
        "staging",
        pools={"eks": {"t4": t4}},
        devices={"nvidiaDevicePlugin": plugin},
        models={"resnet50": FOUR},
    )
    assert held.findings == []
    assert server(held) == (4, 4)
    own = {one.workload: (one.ready, one.wanted) for one in held.servers if one.workload.startswith("nvidia-")}
    assert own == {
        f"nvidia-device-plugin/{name}": (1, 1)
        for name in ("nvidia-device-plugin", "mps-control-daemon", "gpu-feature-discovery")
    }
