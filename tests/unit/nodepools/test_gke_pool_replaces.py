"""A replacement is no surprise: which arguments make a new pool is known, and is what the provider does."""

from typing import Any

import pydantic
import pytest

from gpuplane.arguments.models import models_in
from gpuplane.nodepools.gke.args import GkeGpuNodePoolArgs
from gpuplane.nodepools.gke.inputs import pool_inputs
from gpuplane.nodepools.gke.replaces import REPLACES, replaced_by
from gpuplane.recording import RecordedResource
from gpuplane.simulation import tables
from gpuplane.simulation.difference import difference
from gpuplane.simulation.nodes.pool_resources import GKE_CLUSTER, GKE_NODE_POOL
from gpuplane.simulation.schema import sdk
from gpuplane.testing import record

L4: dict[str, Any] = {
    "cluster": "ml",
    "project": "acme",
    "location": "us-central1",
    "machine_type": "g2-standard-8",
    "max_nodes": 2,
}
T4 = {"machine_type": "n1-standard-8", "accelerator": "nvidia-tesla-t4"}
MEGA = {"machine_type": "a3-megagpu-8g"}
ZONE = {"zones": ["us-central1-a"]}
TWO_ZONES = {"zones": ["us-central1-a", "us-central1-b"]}
IGNORED = "initialNodeCount"


def networks(prefix: str) -> dict[str, Any]:
    made = [{"network": f"{prefix}-{index}", "subnetwork": f"{prefix}-{index}"} for index in range(8)]
    return {"network": {"additional_networks": made}}


CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "cluster": ({}, {"cluster": "other"}),
    "project": ({}, {"project": "other"}),
    "location": ({}, {"location": "europe-west4"}),
    "machine_type": ({}, {"machine_type": "g2-standard-24"}),
    "accelerator": (T4, {**T4, "accelerator": "nvidia-tesla-p4"}),
    "gpus_per_node": (T4, {**T4, "gpus_per_node": 2}),
    "driver": ({}, {"driver": "latest"}),
    "sharing": ({}, {"sharing": {"strategy": "mps", "max_clients": 2}}),
    "provisioning_model": ({}, {"provisioning_model": "spot"}),
    "reservation": ({}, {"reservation": {"name": "ours"}}),
    "placement": (ZONE, {**ZONE, "placement": {}}),
    "network.additional_networks": ({**MEGA, **networks("a")}, {**MEGA, **networks("b")}),
    "network.accelerator_profile": (MEGA, {**MEGA, "network": {"accelerator_profile": True}}),
    "network.pod_range": ({"network": {"pod_range": "a"}}, {"network": {"pod_range": "b"}}),
    "secondary_boot_disks": ({}, {"secondary_boot_disks": [{"image": "models"}]}),
    "local_ssd": ({}, {"local_ssd": {"ephemeral": 1}}),
    "disk_kms_key": ({}, {"disk_kms_key": "k"}),
    "secure_boot": ({}, {"secure_boot": False}),
    "max_run_seconds": ({}, {"max_run_seconds": 3600}),
    "max_pods": ({}, {"max_pods": 32}),
    "service_account": ({}, {"service_account": "other@acme.iam.gserviceaccount.com"}),
    "zones": (ZONE, TWO_ZONES),
    "min_nodes": ({}, {"min_nodes": 1}),
    "max_nodes": ({}, {"max_nodes": 4}),
    "limits_per_zone": (TWO_ZONES, {**TWO_ZONES, "limits_per_zone": True}),
    "location_policy": ({}, {"location_policy": "any"}),
    "network.gvnic": ({}, {"network": {"gvnic": False}}),
    "network.fast_socket": ({}, {"network": {"fast_socket": True}}),
    "network.private_nodes": ({}, {"network": {"private_nodes": True}}),
    "image_streaming": ({}, {"image_streaming": False}),
    "disk_gib": ({}, {"disk_gib": 300}),
    "disk_type": ({}, {"disk_type": "pd-ssd"}),
    "upgrade": ({}, {"upgrade": {"blue_green": {}}}),
    "repair": ({}, {"repair": False}),
    "drain": ({}, {"drain": {"pdb_timeout_seconds": 600}}),
    "kubelet": ({}, {"kubelet": {"cpu_manager": "static"}}),
    "labels": ({}, {"labels": {"team": "vision"}}),
    "taints": ({}, {"taints": [{"key": "team", "value": "vision"}]}),
    "tags": ({}, {"tags": ["gpus"]}),
    "resource_labels": ({}, {"resource_labels": {"team": "vision"}}),
}
"""Every argument with a change of it alone."""


def args(changes: dict[str, Any]) -> GkeGpuNodePoolArgs:
    return GkeGpuNodePoolArgs.parse("l4", {**L4, **changes})


def inputs(changes: dict[str, Any]) -> dict[str, Any]:
    checked = args(changes)
    made = pool_inputs(checked, checked.service_account or "made@acme.iam.gserviceaccount.com")
    return {key: value for key, value in made.items() if key != IGNORED}


def names(model: type[pydantic.BaseModel]) -> set[str]:
    """All arguments; of the networks each by itself, as some of them replace and some do not."""
    plain = {name for name in model.model_fields if name not in ("transforms", "network", "catalogue")}
    network = models_in(model.model_fields["network"].annotation)[0]
    return plain | {f"network.{name}" for name in network.model_fields}


def test_every_argument_has_a_change_to_be_tried() -> None:
    assert set(CHANGES) == names(GkeGpuNodePoolArgs)


@pytest.mark.parametrize("name", CHANGES)
def test_an_argument_replaces_the_pool_where_the_table_says_so_and_nowhere_else(name: str) -> None:
    before, after = CHANGES[name]
    found = difference(GKE_NODE_POOL, inputs(before), inputs(after))
    assert found.changes
    assert bool(found.replacing) == (name in REPLACES)
    assert replaced_by(args(before), args(after)) == ([name] if name in REPLACES else [])
    for path in found.replacing:
        assert any(path == known or path.startswith(f"{known}.") for known in REPLACES[name])


def test_another_machine_with_the_same_accelerators_changes_nodes_one_by_one() -> None:
    before, after = {}, {"machine_type": "g2-standard-12"}
    assert difference(GKE_NODE_POOL, inputs(before), inputs(after)).replacing == []
    assert replaced_by(args(before), args(after)) == []


@pytest.mark.parametrize("token", [GKE_NODE_POOL, GKE_CLUSTER])
def test_every_property_that_replaces_is_one_of_the_sdks(token: str) -> None:
    for immutable in tables.replacing(token):
        properties = sdk.properties_of(token)
        for step in immutable.path.split("."):
            assert step in properties, immutable.path
            objects = [member for member in properties[step].members if sdk.is_object(member)]
            properties = sdk.properties_in(objects[0]) if objects else {}


def pool_of(name: str, **changes: Any) -> RecordedResource:
    from gpuplane import GkeGpuNodePool

    account = {"email": "nodes@acme.iam.gserviceaccount.com", "member": "serviceAccount:nodes@acme"}
    found = record(
        lambda: GkeGpuNodePool(name, {**L4, **changes}), answers={"gcp:serviceaccount/account:Account": account}
    )
    return found.one("NodePool")


def test_a_pool_is_named_by_pulumi_so_that_its_successor_comes_before_it_goes() -> None:
    made = pool_of("l4")
    assert "name" not in made.inputs
    assert not made.delete_before_replace


def test_the_autoscalers_counts_never_drift_back() -> None:
    assert set(pool_of("l4").ignore_changes) == {"initialNodeCount", "nodeCount"}


def test_an_account_that_is_given_is_used_and_none_is_made() -> None:
    from gpuplane import GkeGpuNodePool

    mine = "mine@acme.iam.gserviceaccount.com"
    found = record(lambda: GkeGpuNodePool("l4", {**L4, "service_account": mine}))
    assert [child.type for child in found.children("l4")] == ["gcp:container/nodePool:NodePool"]
    assert found.one("NodePool").inputs["nodeConfig"]["serviceAccount"] == mine


def test_a_pool_that_cannot_be_named_so_says_it_with_all_else_that_is_wrong() -> None:
    from gpuplane import GkeGpuNodePool, InvalidArgumentsError

    with pytest.raises(InvalidArgumentsError) as error:
        record(lambda: GkeGpuNodePool("L4_pool", {**L4, "max_nodes": 0}))
    assert [problem.path for problem in error.value.problems] == ["", "max_nodes"]
