"""Which changes of an EKS GPU pool's arguments replace its node group: the public table against the simulator."""

from typing import Any

import pytest

from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs
from gpuplane.nodepools.eks.inputs import group_inputs
from gpuplane.nodepools.eks.replaces import REPLACES
from gpuplane.nodepools.eks.template import template_inputs
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.difference import difference

GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

POOL: dict[str, Any] = {
    "cluster": "ml",
    "cluster_security_group_id": "sg-0",
    "vpc_id": "vpc-0",
    "subnet_ids": ["subnet-1"],
    "machine_type": "g5.8xlarge",
    "max_nodes": 4,
    "node_role_arn": "arn:aws:iam::123456789012:role/a",
}
BEFORE: dict[str, dict[str, Any]] = {
    "fips": {"os": "bottlerocket"},
    "partition_size": {"machine_type": "p4d.24xlarge", "partition_size": "2g.10gb"},
}
CHANGES: dict[str, dict[str, Any]] = {
    "cluster": {"cluster": "other"},
    "subnet_ids": {"subnet_ids": ["subnet-1", "subnet-2"]},
    "machine_type": {"machine_type": "g5.16xlarge"},
    "alternative_machine_types": {"alternative_machine_types": ["g5.16xlarge"]},
    "os": {"os": "bottlerocket"},
    "fips": {"os": "bottlerocket", "fips": True},
    "kubernetes_version": {"kubernetes_version": "1.34"},
    "release_version": {"release_version": "1.33.5-20260101"},
    "min_nodes": {"min_nodes": 1},
    "max_nodes": {"max_nodes": 5},
    "capacity_type": {"capacity_type": "spot"},
    "efa": {"efa": {}},
    "partition_size": {"machine_type": "p4d.24xlarge", "partition_size": "1g.5gb"},
    "security_group_ids": {"security_group_ids": ["sg-1"]},
    "disk_gib": {"disk_gib": 300},
    "disk_kms_key": {"disk_kms_key": "arn:aws:kms:us-east-1:1:key/1"},
    "instance_store": {"instance_store": False},
    "node_role_arn": {"node_role_arn": "arn:aws:iam::123456789012:role/b"},
    "update": {"update": {"max_unavailable": 2}},
    "repair": {"repair": {"enabled": False}},
    "labels": {"labels": {"team": "a"}},
    "taints": {"taints": [{"key": "team"}]},
}
RESERVED = {"capacity_type": "reservation", "reservation": {"id": "cr-1"}}


def replacing(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The properties that replace the node group, when a stack with the one is brought up with the other."""
    old, new = (EksGpuNodePoolArgs.parse("pool", {**POOL, **changes}) for changes in (before, after))
    first, second = (template_inputs("t4", args, "sg-efa" if args.efa else None) for args in (old, new))
    cloud = SimulatedCloud("127.0.0.1:6443", "Q0E=")
    template, outputs = cloud.create(TEMPLATE, "t4-template", first)
    successor = {"id": template, "version": str(outputs["latestVersion"])}
    if difference(TEMPLATE, first, second).replacing:
        successor = {"id": cloud.create(TEMPLATE, "t4-template", second)[0], "version": "1"}
    elif difference(TEMPLATE, first, second).changes:
        outputs = cloud.update(TEMPLATE, template, second)
        successor = {"id": template, "version": str(outputs["latestVersion"])}
    groups = [
        {"nodeRoleArn": args.node_role_arn, "launchTemplate": launch_template, **group_inputs("t4", args)}
        for args, launch_template in ((old, {"id": template, "version": "1"}), (new, successor))
    ]
    changed = difference(GROUP, *groups)
    assert changed.changes or first == second, "a change that changes nothing"
    return changed.replacing


def test_there_is_a_change_of_every_argument() -> None:
    besides = {"transforms", "cluster_security_group_id", "vpc_id", "reservation", "catalogue"}
    assert set(CHANGES) == set(EksGpuNodePoolArgs.model_fields) - besides


@pytest.mark.parametrize("name", CHANGES)
def test_an_argument_replaces_the_node_group_exactly_where_the_table_says_so(name: str) -> None:
    found = replacing(BEFORE.get(name, {}), CHANGES[name])
    assert bool(found) == (name in REPLACES)
    if name in REPLACES:
        assert REPLACES[name] in {path.partition(".")[0] for path in found}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, RESERVED),
        (RESERVED, {**RESERVED, "reservation": {"id": "cr-2"}}),
        ({"efa": {}}, {"efa": {"placement_group": True}}),
    ],
)
def test_what_is_in_the_launch_template_alone_is_changed_in_place(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert replacing(before, after) == []


def test_efa_that_is_taken_away_replaces_the_node_group_as_its_instance_types_move() -> None:
    assert "launchTemplate.id" in replacing({"efa": {}}, {})
