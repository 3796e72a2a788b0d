"""The objects of what watches over GPUs and drives them: where they land, and what they may do there."""

from typing import Any

import pytest

from gpuplane.devices.dcgm_exporter.args import DcgmExporterArgs
from gpuplane.devices.dcgm_exporter.counters import counters_file
from gpuplane.devices.dcgm_exporter.inputs import daemonset_inputs, service_inputs
from gpuplane.devices.gke_driver_installer.args import GkeDriverInstallerArgs
from gpuplane.devices.gke_driver_installer.inputs import daemonset_inputs as installer_inputs
from gpuplane.devices.gpu_operator.args import GpuOperatorArgs
from gpuplane.devices.gpu_operator.inputs import release_inputs, values
from gpuplane.devices.node_critical.inputs import quota_inputs
from gpuplane.devices.nvidia_device_plugin.inputs.node_feature_discovery import nfd_inputs
from gpuplane.nodepools.facts import PoolFacts
from refusals import told


def pool(platform: str = "eks", advertiser: str = "nvidia-device-plugin", **changes: Any) -> PoolFacts:
    plain: dict[str, Any] = {
        "name": "a100",
        "machine_type": "any",
        "accelerator": "a100-40gb" if platform == "eks" else "nvidia-tesla-a100",
        "gpus_per_node": 8,
        "min_nodes": 0,
        "max_nodes": 1,
    }
    return PoolFacts(**{**plain, "platform": platform, "advertiser": advertiser, **changes})


def exporter(*pools: PoolFacts, **said: Any) -> dict[str, Any]:
    args = DcgmExporterArgs.parse("it", {"pools": list(pools), **said})
    return daemonset_inputs(args, "counters")["spec"]["template"]["spec"]


def problems(**said: Any) -> list[str]:
    return told(lambda: DcgmExporterArgs.parse("it", {"pools": [], **said}))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"namespace": "default"}, ["namespace: must be one of its own, which this makes, got 'default'"]),
        (
            {"counters": {"gpu_temp": {"help": "x"}}},
            ["counters: must be named by a DCGM field, got 'gpu_temp', such as DCGM_FI_DEV_GPU_TEMP"],
        ),
        (
            {"counters": {"DCGM_FI_PROF_SM_ACTIVE": {"help": "x"}}},
            ["counters.DCGM_FI_PROF_SM_ACTIVE: must not be given without the profiler, fix: profiling: true"],
        ),
        (
            {"counters": {"DCGM_FI_DEV_ECC_DBE_VOL_TOTAL": {"help": "double, volatile"}}},
            [
                "counters.DCGM_FI_DEV_ECC_DBE_VOL_TOTAL.help: must be one line without commas, got 'double, volatile'",
            ],
        ),
        ({"counters": {"DCGM_FI_PROF_SM_ACTIVE": {"help": "x"}}, "profiling": True}, []),
    ],
)
def test_what_the_exporter_could_not_serve_is_refused(said: dict[str, Any], expected: list[str]) -> None:
    assert problems(**said) == expected


def test_the_profilers_counters_are_served_only_where_they_are_asked_for() -> None:
    assert "DCGM_FI_PROF_" not in counters_file({}, profiling=False)
    assert "DCGM_FI_PROF_DRAM_ACTIVE, gauge, " in counters_file({}, profiling=True)


def test_more_counters_come_beside_the_usual_ones_or_instead_of_one() -> None:
    args = DcgmExporterArgs.parse(
        "it",
        {
            "pools": [],
            "counters": {
                "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL": {"kind": "counter", "help": "Double-bit errors"},
                "DCGM_FI_DEV_GPU_TEMP": {"help": "Heat"},
            },
        },
    )
    lines = counters_file(args.counters, profiling=False).splitlines()
    assert "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL, counter, Double-bit errors" in lines
    assert [line for line in lines if line.startswith("DCGM_FI_DEV_GPU_TEMP,")] == ["DCGM_FI_DEV_GPU_TEMP, gauge, Heat"]
    assert all(len(line.split(",")) == 3 for line in lines)


@pytest.mark.parametrize(
    ("pools", "profiling", "expected"),
    [
        ([pool()], False, {"capabilities": {"drop": ["ALL"]}, "allowPrivilegeEscalation": False}),
        ([pool()], True, {"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}}),
        ([pool("gke", "gke")], False, {"privileged": True}),
        ([pool("eks", "bottlerocket"), pool()], False, {"privileged": True}),
    ],
)
def test_the_exporter_may_do_what_its_counters_and_platform_need(
    pools: list[PoolFacts], profiling: bool, expected: dict[str, Any]
) -> None:
    found = exporter(*pools, profiling=profiling)["containers"][0]["securityContext"]
    assert {key: value for key, value in found.items() if not key.startswith("runAs")} == expected


def test_on_gke_the_exporter_reads_the_hosts_driver() -> None:
    def paths(*pools: PoolFacts) -> set[str]:
        return {one["hostPath"]["path"] for one in exporter(*pools)["volumes"] if "hostPath" in one}

    assert paths(pool()) == {"/var/lib/kubelet/pod-resources"}
    assert paths(pool("gke", "gke")) == {"/var/lib/kubelet/pod-resources", "/home/kubernetes/bin/nvidia"}


def test_the_exporter_is_on_every_gpu_node_and_its_service_waits_for_none() -> None:
    spec = exporter(pool())
    required = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    keys = {term["matchExpressions"][0]["key"] for term in required["nodeSelectorTerms"]}
    assert keys == {"cloud.google.com/gke-accelerator", "k8s.amazonaws.com/accelerator", "nvidia.com/gpu.present"}
    assert spec["tolerations"] == [{"operator": "Exists"}]
    service = service_inputs("dcgm-exporter")
    assert service["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}
    assert service["spec"]["ports"][0]["port"] == 9400


def test_node_critical_pods_are_let_in() -> None:
    (scope,) = quota_inputs("any")["spec"]["scopeSelector"]["matchExpressions"]
    assert scope == {"operator": "In", "scopeName": "PriorityClass", "values": ["system-node-critical"]}


def test_the_installer_runs_the_nodes_own_image_on_the_nodes_that_were_handed_over() -> None:
    spec = installer_inputs(GkeDriverInstallerArgs())["spec"]["template"]["spec"]
    (install,) = spec["initContainers"]
    assert (install["image"], install["imagePullPolicy"]) == ("cos-nvidia-installer:fixed", "Never")
    assert spec["nodeSelector"] == {
        "gke-no-default-nvidia-gpu-device-plugin": "true",
        "cloud.google.com/gke-os-distribution": "cos",
    }


def test_an_image_of_ones_own_is_pulled() -> None:
    spec = installer_inputs(GkeDriverInstallerArgs(image="registry.example.com/installer:v1"))["spec"]["template"][
        "spec"
    ]
    assert spec["initContainers"][0]["imagePullPolicy"] == "IfNotPresent"


def operator(*pools: PoolFacts, **said: Any) -> GpuOperatorArgs:
    return GpuOperatorArgs.parse("it", {"pools": list(pools), **said})


def test_the_operator_leaves_to_the_pools_what_they_bring() -> None:
    on_eks, on_gke = values(operator(pool())), values(operator(pool("gke")))
    assert (on_eks["driver"], on_eks["toolkit"]) == ({"enabled": False}, {"enabled": False})
    assert on_gke["toolkit"] == {"enabled": True, "installDir": "/home/kubernetes/bin/nvidia"}
    assert on_gke["hostPaths"] == {"driverInstallDir": "/home/kubernetes/bin/nvidia"}
    assert "hostPaths" not in values(operator(pool("gke"), driver=True))


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (
            pool("gke", advertiser="gke"),
            "pools[0]: pool 'a100' has its GPUs advertised by 'gke' already, allowed: one advertiser a node, fix: "
            "labels: {nvidia.com/gpu.deploy.operands: 'false'} on the pool keeps the operator off its nodes",
        ),
        (
            pool(mig_profile="1g.5gb"),
            "pools[0]: pool 'a100' must show partitions of 1g.5gb, got config 'default' with mig_strategy 'none', "
            "allowed: single, mixed",
        ),
    ],
)
def test_the_operator_is_the_one_advertiser_of_its_pools_by_a_config_that_fits(wrong: PoolFacts, expected: str) -> None:
    assert told(lambda: operator(wrong)) == [expected]


def test_everything_of_the_operator_tolerates_whatever_taint_a_pool_has() -> None:
    chart = values(operator(pool()))
    for tolerations in (chart["daemonsets"]["tolerations"], chart["node-feature-discovery"]["worker"]["tolerations"]):
        assert tolerations == [{"operator": "Exists"}]
    assert nfd_inputs("any")["values"]["worker"]["tolerations"][0]["operator"] == "Exists"


def test_the_operator_has_the_configs_and_their_strategy() -> None:
    mixed = {"default": {"mig_strategy": "mixed"}}
    chart = values(operator(pool(mig_profile="1g.5gb"), configs=mixed))
    assert chart["mig"] == {"strategy": "mixed"}
    assert chart["migManager"] == {"enabled": False}, "whoever made the nodes has cut them"
    config = chart["devicePlugin"]["config"]
    assert (config["default"], list(config["data"])) == ("default", ["default"])
    assert "migStrategy: mixed" in config["data"]["default"]


def test_the_operator_cuts_the_gpus_of_the_pools_that_ask_for_it() -> None:
    mixed = {"default": {"mig_strategy": "mixed"}}
    cut = pool(mig_profile="1g.5gb", selector={"nvidia.com/mig.config": "all-1g.5gb"})
    manager = values(operator(cut, pool(name="other"), configs=mixed))["migManager"]
    assert manager == {"enabled": True, "env": [{"name": "WITH_REBOOT", "value": "true"}]}


def test_the_operator_is_a_release_of_a_version() -> None:
    release = release_inputs(operator(pool()))
    assert (release["chart"], release["version"]) == ("gpu-operator", "v26.7.0")
