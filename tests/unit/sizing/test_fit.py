"""Whether a pod fits a node, and how many more nodes pending pods need."""

from decimal import Decimal
from typing import Any

import pytest

from gpuplane.sizing.fit import admits, place, requests

TAINT = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}
NODE: dict[str, Any] = {
    "metadata": {"labels": {"accelerator": "t4", "zone": "a"}},
    "spec": {"taints": [TAINT]},
    "status": {"allocatable": {"cpu": "7910m", "memory": "26Gi", "nvidia.com/gpu": "1", "pods": "110"}},
}


def pod(**spec: Any) -> dict[str, Any]:
    asked = {"cpu": "4", "memory": "8Gi", "nvidia.com/gpu": "1"}
    return {
        "containers": [{"resources": {"requests": asked}}],
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
        **spec,
    }


def affinity(**expression: Any) -> dict[str, Any]:
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (pod(), True),
        (pod(tolerations=[]), False),
        (pod(tolerations=[{"operator": "Exists"}]), True),
        (pod(tolerations=[{"key": "nvidia.com/gpu", "value": "present"}]), True),
        (pod(tolerations=[{"key": "nvidia.com/gpu", "value": "absent"}]), False),
        (pod(tolerations=[{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoExecute"}]), False),
        (pod(nodeSelector={"accelerator": "t4"}), True),
        (pod(nodeSelector={"accelerator": "l4"}), False),
        (pod(affinity=affinity(key="zone", operator="In", values=["a", "b"])), True),
        (pod(affinity=affinity(key="zone", operator="NotIn", values=["a"])), False),
        (pod(affinity=affinity(key="spot", operator="DoesNotExist")), True),
        (pod(affinity=affinity(key="spot", operator="Exists")), False),
    ],
)
def test_labels_and_taints_decide_who_is_let_in(spec: dict[str, Any], expected: bool) -> None:
    assert admits(NODE, spec) is expected


def test_the_largest_init_container_counts_where_it_asks_for_more_than_the_containers_together() -> None:
    init = {"resources": {"requests": {"cpu": "6", "memory": "1Gi"}}}
    wanted = requests(pod(initContainers=[init]))
    assert (wanted["cpu"], wanted["memory"]) == (Decimal(6), Decimal(8 * 1024**3))


def test_each_pending_pod_with_a_gpu_of_its_own_needs_a_node() -> None:
    assert place([pod()] * 3, [], NODE, room=9) == (3, [])


def test_what_existing_nodes_have_left_is_used_first() -> None:
    free = {"cpu": Decimal(4), "memory": Decimal(8 * 1024**3), "nvidia.com/gpu": Decimal(1), "pods": Decimal(5)}
    assert place([pod()] * 3, [free], NODE, room=9) == (2, [])


def test_small_pods_share_a_new_node() -> None:
    small = pod(containers=[{"resources": {"requests": {"cpu": "1"}}}])
    assert place([small] * 7, [], NODE, room=9) == (1, [])


@pytest.mark.parametrize(
    "spec",
    [
        pod(nodeSelector={"accelerator": "l4"}),
        pod(containers=[{"resources": {"requests": {"cpu": "8"}}}]),
        pod(containers=[{"resources": {"requests": {"nvidia.com/gpu": "2"}}}]),
    ],
)
def test_a_pod_that_no_such_node_could_hold_asks_for_none(spec: dict[str, Any]) -> None:
    assert place([spec], [], NODE, room=9) == (0, [spec])


def test_what_has_no_room_is_left_for_the_next_pool() -> None:
    first, second, third = (pod(name=name) for name in "abc")
    assert place([first, second, third], [], NODE, room=2) == (2, [third])
