"""Machine types of a stack's own, from its file to its pool's nodes."""

from typing import Any

import pytest

from gpuplane.nodepools.gke.args import GkeGpuNodePoolArgs
from gpuplane.nodepools.gke.facts import facts
from gpuplane.nodepools.gke.inputs import pool_inputs
from gpuplane.platforms import Platform
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.nodes.pool_resources import GKE_NODE_POOL, pool_nodes
from gpuplane.stackconfig import StackConfig
from gpuplane.stackconfig.load import load
from refusals import told

PLACE = {"cluster": "ml", "project": "acme", "location": "us-central1"}
A5 = {
    "platform": "gke",
    "vcpus": 240,
    "memoryGib": 4096,
    "accelerator": "nvidia-b900",
    "gpus": 8,
    "bootDisks": ["hyperdisk-balanced"],
}
B900 = {"memoryMib": 294912, "migProfiles": {"1g.36gb": 7}}
CONFIG: dict[str, Any] = {
    "cluster": {"existingGke": {"cluster": "ml", "project": "acme", "location": "us-central1"}},
    "tenants": {},
    "accelerators": {"nvidia-b900": B900},
    "machines": {"a5-highgpu-8g": A5},
    "pools": {
        "gke": {"b900": {"machineType": "a5-highgpu-8g", "maxNodes": 2, "sharing": {"partitionSize": "1g.36gb"}}}
    },
}


def loaded(**changes: Any) -> StackConfig:
    return load({}, {**CONFIG, **changes}, "prod")


def said(**changes: Any) -> list[str]:
    return told(lambda: loaded(**changes))


def test_a_pool_of_a_machine_of_ones_own_has_nodes_with_its_gpus() -> None:
    shape = loaded().pools.gke["b900"]
    args = GkeGpuNodePoolArgs.parse("b900", {**shape.explicitly_set(), **PLACE})
    _, outputs = SimulatedCloud("127.0.0.1:6443", "Q0E=", shape.catalogue).create(
        GKE_NODE_POOL, "b900", pool_inputs(args, "a@b")
    )
    node = pool_nodes(GKE_NODE_POOL, "b900", outputs, catalogue=shape.catalogue).make(0)
    assert facts("b900", args).gpus_per_node == 56
    assert node["status"]["allocatable"]["nvidia.com/gpu"] == "56"
    assert node["status"]["capacity"]["cpu"] == "240"
    assert node["metadata"]["labels"]["cloud.google.com/gke-accelerator"] == "nvidia-b900"
    assert node["metadata"]["labels"]["cloud.google.com/gke-boot-disk"] == "hyperdisk-balanced"


def test_without_it_the_machine_is_unknown_and_the_nearest_are_named() -> None:
    assert said(machines={}) == [
        "Pulumi.prod.yaml: overlay.pools.gke.b900.machineType: unknown gke machine type, got 'a5-highgpu-8g', "
        "nearest: a4-highgpu-8g, a3-highgpu-8g, a2-highgpu-8g"
    ]


def test_two_configs_of_one_process_do_not_see_each_others_machines() -> None:
    first = loaded()
    other = loaded(machines={"a5-highgpu-8g": {**A5, "vcpus": 200}})
    vcpus = [
        config.pools.gke["b900"].catalogue.machine(Platform.GKE, "a5-highgpu-8g").vcpus for config in (first, other)
    ]
    assert vcpus == [240, 200]
    assert len(said(machines={})) == 1


def test_the_cpu_nodes_of_a_new_cluster_may_be_of_a_machine_of_the_stack() -> None:
    custom = {"platform": "gke", "vcpus": 6, "memoryGib": 12}
    new = {"project": "acme", "location": "us-central1", "network": "ml", "subnetwork": "ml"}
    config = loaded(
        cluster={"gke": {**new, "cpuMachineType": "e2-custom-6-12288"}},
        machines={"e2-custom-6-12288": custom},
        accelerators={},
        pools={},
    )
    assert config.cluster.gke
    assert config.cluster.gke.catalogue.machine(Platform.GKE, "e2-custom-6-12288").vcpus == 6


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        (
            {"machines": {"a5-highgpu-8g": A5, "g2-standard-8": {**A5, "accelerator": "nvidia-l4"}}},
            "machines.g2-standard-8",
            "'g2-standard-8' is in the catalogue already, fix: use that one, or another name",
        ),
        (
            {"machines": {"a5-highgpu-8g": A5, "other": {**A5, "accelerator": "nvidia-l5"}}},
            "machines.other.accelerator",
            "unknown accelerator, got 'nvidia-l5', nearest: nvidia-l4, nvidia-tesla-t4, nvidia-tesla-p4",
        ),
        (
            {"machines": {"a5-highgpu-8g": A5, "other": {**A5, "vcpus": 0}}},
            "machines.other.vcpus",
            "must be more than 0, got 0",
        ),
        (
            {"accelerators": {"nvidia-b900": B900, "x": {"memoryMib": -5}}},
            "accelerators.x.memoryMib",
            "must be more than 0, got -5, fix: the memory of one GPU in MiB, such as 81920",
        ),
        (
            {"accelerators": {"nvidia-b900": B900, "x": {"memoryMib": 8192, "migProfiles": {"half": 2}}}},
            "accelerators.x.migProfiles.half",
            "must be named like '1g.5gb', got 'half'",
        ),
        (
            {"accelerators": {"nvidia-b900": B900, "nvidia-l4": B900}},
            "accelerators.nvidia-l4",
            "'nvidia-l4' is in the catalogue already, fix: use that one, or another name",
        ),
    ],
)
def test_what_stands_against_it_is_told_by_its_key(changes: dict[str, Any], path: str, message: str) -> None:
    assert said(**changes) == [f"Pulumi.prod.yaml: overlay.{path}: {message}"]


def test_a_label_that_a_pool_may_not_have_is_told_by_its_key() -> None:
    pool = {"machineType": "g2-standard-8", "maxNodes": 2, "labels": {"cloud.google.com/gke-spot": "true"}}
    assert said(pools={"gke": {"l4": pool}}) == [
        "Pulumi.prod.yaml: overlay.pools.gke.l4.labels.cloud.google.com/gke-spot: must not be set, the pool sets "
        "it, got 'true', fix: leave it out"
    ]
