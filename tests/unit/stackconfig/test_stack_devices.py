"""One advertiser a node, told of a whole stack: the path in its files, and the fix."""

from typing import Any

import pytest

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.stackconfig import StackConfig, load

GKE = {"gke": {"project": "acme", "location": "us-central1"}}
EXISTING_GKE = {"existingGke": {"cluster": "ml", "project": "acme", "location": "us-central1"}}
EKS = {"eks": {"region": "us-east-1", "subnetIds": ["subnet-1", "subnet-2"]}}
L4 = {"machineType": "g2-standard-8", "maxNodes": 2}
T4 = {"subnetIds": ["subnet-1"], "machineType": "g4dn.xlarge", "maxNodes": 2}
CONFIG = "nvidia.com/device-plugin.config"
A100 = {"subnetIds": ["subnet-1"], "machineType": "p4d.24xlarge", "maxNodes": 1, "partitionSize": "1g.5gb"}
MIXED = {"configs": {"default": {"migStrategy": "mixed"}}}
SLICED = {"configs": {"default": {}, "sliced": {"timeSlicing": {"replicas": 4, "renameByDefault": True}}}}


def config(cluster: Any, pools: Any, devices: Any) -> StackConfig:
    platform = "eks" if "eks" in cluster else "gke"
    base = {"cluster": cluster, "pools": {platform: pools}, "devices": devices, "tenants": {}}
    return load({}, base, "dev")


def problems(cluster: Any, pools: Any, devices: Any) -> list[str]:
    try:
        config(cluster, pools, devices)
    except InvalidArgumentsError as error:
        return [str(problem).removeprefix("Pulumi.dev.yaml: overlay.") for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("cluster", "pools", "devices", "expected"),
    [
        (
            EKS,
            {"t4": T4},
            {},
            [
                "devices.nvidiaDevicePlugin: required by pools whose nodes do not advertise their GPUs, got t4, "
                "fix: nvidiaDevicePlugin: {}"
            ],
        ),
        (
            GKE,
            {"l4": {**L4, "labels": {"nvidia.com/gpu.present": "true"}}},
            {"nvidiaDevicePlugin": {}},
            [
                "devices.nvidiaDevicePlugin: no pool needs it, GPUs are already advertised, got l4 by gke, allowed: "
                "one advertiser a node, fix: set it to null",
                "pools.gke.l4: GPUs are already advertised by 'gke', and label nvidia.com/gpu.present schedules "
                "NVIDIA's plugin as well, allowed: one advertiser a node, fix: remove the label",
            ],
        ),
        (
            GKE,
            {"l4": {**L4, "driver": "disabled"}},
            {},
            [
                "devices.gpuOperator: required by pools whose nodes do not advertise their GPUs, got l4, "
                "fix: gpuOperator: {}"
            ],
        ),
        (
            GKE,
            {"l4": {**L4, "driver": "disabled"}},
            {"gpuOperator": {}},
            [
                "devices.gkeDriverInstaller: required by GKE pools with driver: disabled, got pools.gke.l4, "
                "fix: gkeDriverInstaller: {}, or gpuOperator: {driver: true} on Ubuntu nodes"
            ],
        ),
        (GKE, {"l4": {**L4, "driver": "disabled"}}, {"gpuOperator": {}, "gkeDriverInstaller": {}}, []),
        (GKE, {"l4": {**L4, "driver": "disabled"}}, {"gpuOperator": {"driver": True}}, []),
        (
            GKE,
            {"l4": L4},
            {"gkeDriverInstaller": {}},
            ["devices.gkeDriverInstaller: requires a GKE pool with driver: disabled, got none, fix: set it to null"],
        ),
        (
            GKE,
            {"l4": L4},
            {"nvidiaDevicePlugin": {}},
            [
                "devices.nvidiaDevicePlugin: no pool needs it, GPUs are already advertised, got l4 by gke, allowed: "
                "one advertiser a node, fix: set it to null"
            ],
        ),
        (
            GKE,
            {"l4": L4, "own": {**L4, "driver": "disabled"}},
            {"gpuOperator": {}, "gkeDriverInstaller": {}},
            [
                "pools.gke.l4: has its GPUs advertised by 'gke' already, allowed: one advertiser a node, fix: labels: "
                "{nvidia.com/gpu.deploy.operands: 'false'} on the pool keeps the operator off its nodes"
            ],
        ),
        (
            GKE,
            {
                "l4": {**L4, "labels": {"nvidia.com/gpu.deploy.operands": "false"}},
                "own": {**L4, "driver": "disabled"},
            },
            {"gpuOperator": {}, "gkeDriverInstaller": {}},
            [],
        ),
        (
            EKS,
            {"t4": T4},
            {"nvidiaDevicePlugin": {}, "gpuOperator": {}},
            [
                "devices.gpuOperator: conflicts with nvidiaDevicePlugin, which advertises the GPUs as well, "
                "allowed: one advertiser a node, fix: set one of them to null"
            ],
        ),
        (
            EKS,
            {"t4": {**T4, "labels": {CONFIG: "slicd"}}},
            {"nvidiaDevicePlugin": SLICED},
            [f"pools.eks.t4: label {CONFIG}: unknown config, got 'slicd', nearest: sliced"],
        ),
        (
            EKS,
            {"t4": T4},
            {"gpuOperator": {"configs": {"default": {"migStrategy": "single"}, "whole": {}}}},
            [
                "devices.gpuOperator.configs: must have one migStrategy, which the operator sets for all, "
                "got none, single"
            ],
        ),
        (
            EKS,
            {"t4": T4},
            {"gpuOperator": {}, "dcgmExporter": {}},
            [
                "devices.dcgmExporter: conflicts with gpuOperator, which installs an exporter as well, "
                "fix: set one of them to null"
            ],
        ),
        (
            GKE,
            {"l4": L4},
            {"dcgmExporter": {}},
            [
                "devices.dcgmExporter: must be left out on a new GKE cluster, whose managed DCGM runs on the same "
                "nodes, fix: set it to null, or cluster.gke.transforms: {cluster: {monitoringConfig: "
                "{enableComponents: [SYSTEM_COMPONENTS]}}}"
            ],
        ),
        (EXISTING_GKE, {"l4": L4}, {"dcgmExporter": {}}, []),
        (EKS, {"t4": T4}, {"nvidiaDevicePlugin": {}, "dcgmExporter": {}}, []),
        (
            EKS,
            {"a100": A100},
            {},
            [
                "devices.gpuOperator: required by pools whose nodes do not advertise their GPUs, got a100, "
                "fix: gpuOperator: {configs: {default: {migStrategy: mixed}}}"
            ],
        ),
        (
            EKS,
            {"a100": A100},
            {"nvidiaDevicePlugin": MIXED},
            [
                "pools.eks.a100: has its GPUs cut into 1g.5gb by the MIG manager of NVIDIA's GPU operator, which the "
                "device plugin alone does not bring, fix: the operator in its place, with migStrategy mixed"
            ],
        ),
        (
            EKS,
            {"a100": A100},
            {"gpuOperator": {}},
            [
                "pools.eks.a100: must show partitions of 1g.5gb, got config 'default' with migStrategy 'none', "
                "allowed: single, mixed"
            ],
        ),
        (EKS, {"a100": A100}, {"gpuOperator": MIXED}, []),
        (EKS, {"a100": {**A100, "os": "bottlerocket"}}, {}, []),
    ],
)
def test_every_node_has_one_advertiser_and_what_it_stands_on(
    cluster: Any, pools: Any, devices: Any, expected: list[str]
) -> None:
    assert problems(cluster, pools, devices) == expected


def test_a_plugin_without_a_pool_to_advertise_is_refused_beside_any_kind_of_pool() -> None:
    scarce = {"machineType": "g2-standard-8", "maxNodes": 2, "priorities": [{"provisioningModel": "on-demand"}]}
    for pools in ({"gke": {"l4": L4}}, {"computeClasses": {"l4": scarce}}):
        base = {"cluster": GKE, "pools": pools, "devices": {"nvidiaDevicePlugin": {}}, "tenants": {}}
        with pytest.raises(InvalidArgumentsError) as caught:
            load({}, base, "dev")
        assert [str(problem) for problem in caught.value.problems] == [
            "Pulumi.dev.yaml: overlay.devices.nvidiaDevicePlugin: no pool needs it, GPUs are already advertised, "
            "got l4 by gke, allowed: one advertiser a node, fix: set it to null"
        ]


def test_a_new_gke_cluster_without_managed_dcgm_may_have_the_exporter() -> None:
    off = {"cluster": {"monitoringConfig": {"enableComponents": ["SYSTEM_COMPONENTS"]}}}
    cluster = {"gke": {**GKE["gke"], "transforms": off}}
    assert problems(cluster, {"l4": L4}, {"dcgmExporter": {}}) == []


@pytest.mark.parametrize("kind", ["nvidiaDevicePlugin", "gpuOperator"])
def test_servers_ask_for_what_the_devices_show_of_a_pool(kind: str) -> None:
    made = config(EKS, {"t4": {**T4, "labels": {CONFIG: "sliced"}}}, {kind: SLICED})
    facts = made.devices.facts(made.all_pools.facts["pools.eks.t4"])
    assert (facts.resource_name, facts.gpus_per_node, facts.physical_gpus_per_node) == ("nvidia.com/gpu.shared", 4, 1)
    assert facts.selector == {CONFIG: "sliced"}
