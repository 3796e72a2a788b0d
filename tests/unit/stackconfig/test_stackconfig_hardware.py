"""Machine types of a stack's own, from its file to its pool's nodes."""

from typing import Any

import pytest

from gpuplane.hardware import catalogue, machine
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


@pytest.fixture(autouse=True)
def _own_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_own_machines", {})
    monkeypatch.setattr(catalogue, "_own_accelerators", {})


def loaded(**changes: Any) -> StackConfig:
    return load({}, {**CONFIG, **changes}, "prod")


def said(**changes: Any) -> list[str]:
    return told(lambda: loaded(**changes))


def test_a_pool_of_a_machine_of_ones_own_has_nodes_with_its_gpus() -> None:
    shape = loaded().pools.gke["b900"]
    args = GkeGpuNodePoolArgs.parse("b900", {**shape.explicitly_set(), **PLACE})
    _, outputs = SimulatedCloud("127.0.0.1:6443", "Q0E=").create(GKE_NODE_POOL, "b900", pool_inputs(args, "a@b"))
    node = pool_nodes(GKE_NODE_POOL, "b900", outputs).make(0)
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


def test_another_stack_of_the_same_process_may_have_other_facts() -> None:
    loaded()
    loaded(machines={"a5-highgpu-8g": {**A5, "vcpus": 200}})
    assert machine(Platform.GKE, "a5-highgpu-8g").vcpus == 200


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        (
            {"machines": {"a5-highgpu-8g": A5, "g2-standard-8": {**A5, "accelerator": "nvidia-l4"}}},
            "machines.g2-standard-8",
            "cannot register 'g2-standard-8', the catalogue has it already; give yours another name",
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
            {"accelerators": {"nvidia-b900": B900, "nvidia-l4": B900}},
            "accelerators.nvidia-l4",
            "cannot register 'nvidia-l4', the catalogue has it already; give yours another name",
        ),
    ],
)
def test_what_stands_against_it_is_told_by_its_key(changes: dict[str, Any], path: str, message: str) -> None:
    assert said(**changes) == [f"Pulumi.prod.yaml: overlay.{path}: {message}"]


def test_a_label_that_a_pool_may_not_have_is_told_by_its_key() -> None:
    pool = {"machineType": "g2-standard-8", "maxNodes": 2, "labels": {"cloud.google.com/gke-spot": "true"}}
    assert said(pools={"gke": {"l4": pool}}) == [
        "Pulumi.prod.yaml: overlay.pools.gke.l4.labels.cloud.google.com/gke-spot: must not be set, the pool itself "
        "does, got 'true', fix: leave it out"
    ]
