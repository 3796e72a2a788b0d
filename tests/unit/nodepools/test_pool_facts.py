"""What a pool tells workloads, and what a server may ask of it."""

from typing import Any

import pytest

from gpuplane.nodepools.facts import PoolFacts
from gpuplane.workloads.gpu import GpuRequest


def facts(**changes: Any) -> PoolFacts:
    plain: dict[str, Any] = {
        "name": "t4",
        "platform": "gke",
        "machine_type": "n1-standard-8",
        "accelerator": "nvidia-tesla-t4",
        "gpus_per_node": 4,
        "min_nodes": 0,
        "max_nodes": 3,
        "advertiser": "gke",
    }
    return PoolFacts(**{**plain, **changes})


def test_whole_gpus_are_as_many_as_pods_may_ask_for() -> None:
    assert facts().physical_gpus_per_node == 4
    assert facts().max_gpus == 12


def test_shares_count_for_pods_and_physical_gpus_for_the_bill() -> None:
    shared = facts(gpus_per_node=16, physical_gpus_per_node=4, max_gpus_per_container=1)
    assert (shared.max_gpus, shared.physical_gpus_per_node) == (48, 4)


def test_a_pod_selects_the_accelerator_and_how_it_is_shared() -> None:
    sharing = {"cloud.google.com/gke-gpu-sharing-strategy": "time-sharing"}
    assert facts(selector=sharing).node_selector == {
        "cloud.google.com/gke-accelerator": "nvidia-tesla-t4",
        "cloud.google.com/gke-gpu-sharing-strategy": "time-sharing",
    }


@pytest.mark.parametrize(
    ("pool", "count", "message"),
    [
        (facts(), 5, "must fit one node, got 5, allowed: at most 4 on n1-standard-8"),
        (
            facts(max_gpus_per_container=1),
            2,
            "must be what one container may have of shared or partitioned GPUs, got 2, "
            "allowed: at most 1 in pool 't4', fix: a pool with whole GPUs",
        ),
        (facts(), 4, None),
        (facts(max_gpus_per_container=1), 1, None),
    ],
)
def test_a_replica_asks_for_no_more_than_one_container_can_have(
    pool: PoolFacts, count: int, message: str | None
) -> None:
    problems = [(one.path, one.message) for one in GpuRequest(pool=pool, count=count).problems()]
    assert problems == ([("count", message)] if message else [])


def test_a_pod_tolerates_the_gpu_taint_and_gkes_taint_on_arm() -> None:
    def keys(**changes: str) -> list[str]:
        return [one["key"] for one in facts(**changes).tolerations]

    assert keys() == ["nvidia.com/gpu"]
    assert keys(architecture="arm64") == ["nvidia.com/gpu", "kubernetes.io/arch"]
    assert keys(architecture="arm64", platform="eks") == ["nvidia.com/gpu"]
