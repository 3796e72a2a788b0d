"""GKE ComputeClasses: their chain of ways to get nodes, what is refused, and the nodes they bring."""

from typing import Any

import pytest

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.nodepools.compute_class.args import GkeComputeClassArgs
from gpuplane.nodepools.compute_class.facts import facts
from gpuplane.nodepools.compute_class.inputs import class_inputs
from gpuplane.simulation.nodes.compute_class import compute_class_nodes
from gpuplane.sizing.fit import admits

L4: dict[str, Any] = {
    "project": "acme",
    "machine_type": "g2-standard-8",
    "max_nodes": 4,
    "priorities": [
        {
            "provisioning_model": "reservation",
            "reservation": {"name": "ours", "project": "pool"},
            "zones": ["us-central1-a"],
        },
        {"provisioning_model": "on-demand", "zones": ["us-central1-b"]},
        {"provisioning_model": "flex-start", "max_run_seconds": 3600},
        {"provisioning_model": "spot", "machine_type": "g2-standard-24"},
    ],
}
ACCOUNT = "nodes@acme.iam.gserviceaccount.com"


def checked(**changes: Any) -> GkeComputeClassArgs:
    return GkeComputeClassArgs.parse("class", {**L4, **changes})


def made(**changes: Any) -> dict[str, Any]:
    return class_inputs("l4", checked(**changes), ACCOUNT)


def said(*ways: dict[str, Any], **changes: Any) -> list[str]:
    with pytest.raises(InvalidArgumentsError) as error:
        checked(**{**({"priorities": list(ways)} if ways else {}), **changes})
    return [str(problem) for problem in error.value.problems]


def test_the_ways_are_tried_in_the_order_given() -> None:
    plain = {
        "machineType": "g2-standard-8",
        "gpu": {"type": "nvidia-l4", "count": 1, "driverVersion": "default"},
        "spot": False,
        "storage": {"bootDiskSize": 200, "bootDiskType": "pd-balanced"},
    }
    specific = [{"name": "ours", "project": "pool", "zones": ["us-central1-a"]}]
    assert made()["spec"]["priorities"] == [
        {**plain, "reservations": {"affinity": "Specific", "specific": specific}},
        {**plain, "location": {"zones": ["us-central1-b"]}},
        {**plain, "flexStart": {"enabled": True}, "maxRunDurationSeconds": 3600},
        {**plain, "machineType": "g2-standard-24", "gpu": {**plain["gpu"], "count": 2}, "spot": True},
    ]


def test_no_node_without_gpus_is_made_in_their_place_and_none_runs_as_the_projects_own_account() -> None:
    spec = made()["spec"]
    assert spec["whenUnsatisfiable"] == "DoNotScaleUp"
    assert spec["nodePoolAutoCreation"] == {"enabled": True}
    assert spec["nodePoolConfig"] == {"serviceAccount": ACCOUNT, "imageStreaming": {"enabled": True}}
    assert spec["activeMigration"] == {"optimizeRulePriority": False}


def test_any_open_reservation_is_taken_as_far_as_it_goes() -> None:
    way = {"provisioning_model": "reservation", "reservation": {"consume": "any"}, "zones": ["us-central1-a"]}
    first = made(priorities=[way], driver="latest", active_migration=True)["spec"]["priorities"][0]
    assert first["reservations"] == {"affinity": "AnyBestEffort"}
    assert first["location"] == {"zones": ["us-central1-a"]}
    assert first["gpu"]["driverVersion"] == "latest"


@pytest.mark.parametrize(
    ("ways", "message"),
    [
        (
            [{"provisioning_model": "reservation"}],
            "priorities[0].reservation: required with provisioning_model reservation, got nothing",
        ),
        (
            [{"provisioning_model": "spot", "reservation": {"name": "ours"}}],
            "priorities[0].reservation: must be left out with provisioning_model spot",
        ),
        (
            [{"provisioning_model": "reservation", "reservation": {"consume": "any-then-fail"}}],
            "priorities[0].reservation.consume: must be specific or any, got 'any-then-fail' of a ComputeClass",
        ),
        (
            [{"provisioning_model": "reservation", "reservation": {}}],
            "priorities[0].reservation.name: required with consume specific, got nothing",
        ),
        (
            [{"provisioning_model": "spot"}, {"provisioning_model": "spot"}],
            "priorities[1]: duplicate, got the same way again, fix: remove it",
        ),
        (
            [{"provisioning_model": "spot"}, {"provisioning_model": "spot", "machine_type": "a2-highgpu-1g"}],
            "priorities[1].machine_type: must have the accelerator of the first way, nvidia-l4, got nvidia-tesla-a100, "
            "fix: a class of its own",
        ),
        (
            [{"provisioning_model": "spot"}, {"provisioning_model": "spot", "machine_type": "g2-standard-9"}],
            "priorities[1].machine_type: unknown gke machine type, got 'g2-standard-9', "
            "nearest: g2-standard-96, g2-standard-8, g2-standard-4",
        ),
        (
            [{"provisioning_model": "flex-start", "max_run_seconds": 604801}],
            "priorities[0].max_run_seconds: must be from 30 to 604800 with provisioning_model flex-start, got 604801",
        ),
        (
            [{"provisioning_model": "spot", "zones": ["a"]}],
            "priorities[0].zones[0]: must be a zone such as us-central1-a, got 'a'",
        ),
    ],
)
def test_a_way_is_refused(ways: list[dict[str, Any]], message: str) -> None:
    assert said(*ways) == [message]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"priorities": []},
            "priorities: must have a way to get nodes, got none, such as {provisioning_model: on-demand}",
        ),
        ({"max_nodes": 0}, "max_nodes: must be at least 1, got 0"),
        ({"disk_gib": 9}, "disk_gib: must be at least 10, got 9"),
        ({"service_account": "default"}, "service_account: must be an account's e-mail address, got 'default'"),
    ],
)
def test_a_class_is_refused(changes: dict[str, Any], message: str) -> None:
    assert said(**changes) == [message]


def test_a_machine_that_cannot_be_had_on_demand_is_refused_for_that_way_alone() -> None:
    ways = [{"provisioning_model": "on-demand"}, {"provisioning_model": "spot"}]
    assert said(*ways, machine_type="a3-ultragpu-8g") == [
        "priorities[0].provisioning_model: a3-ultragpu-8g is not offered by on-demand, "
        "allowed: provisioning_model spot, provisioning_model flex-start, provisioning_model queued, a reservation"
    ]


@pytest.mark.parametrize("name", ["gke-l4", "autopilot", "L4", "l4-", "a" * 64])
def test_a_name_that_gke_keeps_or_kubernetes_does_not_take_is_refused(name: str) -> None:
    from gpuplane import GkeComputeClass

    with pytest.raises(InvalidArgumentsError, match="not begin with gke or autopilot"):
        GkeComputeClass(name, L4)


def pod(**changes: Any) -> dict[str, Any]:
    known = facts("l4", checked())
    return {"containers": [], "nodeSelector": known.node_selector, "tolerations": known.tolerations, **changes}


def test_pods_that_know_its_facts_land_on_its_nodes_and_no_others_do() -> None:
    node = compute_class_nodes(made())[0].make(0)
    assert admits(node, pod())
    assert not admits(node, pod(tolerations=[{"key": "nvidia.com/gpu", "operator": "Exists"}]))


def test_each_way_is_a_pool_whose_nodes_come_for_pods_that_wait() -> None:
    pools = compute_class_nodes(made())
    assert [(pool.name, pool.minimum, pool.maximum, pool.gpus) for pool in pools] == [
        ("nap-l4", 0, 1000, 1),
        ("nap-l4-2", 0, 1000, 1),
        ("nap-l4-3", 0, 1000, 1),
        ("nap-l4-4", 0, 1000, 2),
    ]
    assert [pool.zones for pool in pools[:2]] == [("us-central1-a",), ("us-central1-b",)]
    labels = [pool.make(0)["metadata"]["labels"] for pool in pools]
    assert {one["cloud.google.com/compute-class"] for one in labels} == {"l4"}
    assert labels[0]["cloud.google.com/reservation-name"] == "ours"
    assert labels[2]["cloud.google.com/gke-flex-start"] == "true"
    assert labels[2]["cloud.google.com/gke-max-run-duration-seconds"] == "3600"
    assert labels[3]["cloud.google.com/gke-spot"] == "true"


def test_its_servers_ask_for_no_more_than_the_smallest_of_its_machines_has() -> None:
    known = facts("l4", checked())
    assert (known.gpus_per_node, known.min_nodes, known.max_nodes) == (1, 0, 4)
    assert known.machine_type == "g2-standard-8"


def test_a_class_that_makes_no_pools_brings_no_nodes() -> None:
    spec = {**made()["spec"], "nodePoolAutoCreation": {"enabled": False}}
    with pytest.raises(ValueError, match="it creates no node pools"):
        compute_class_nodes({**made(), "spec": spec})
