"""What an EKS GPU pool's arguments become in the node group, its launch template and the rest."""

import base64
import tomllib
from typing import Any

import pulumi_aws  # noqa: F401  # it takes seconds to load: once, and not in the first test
import pytest

import gpuplane
from gpuplane.hardware import BUILT_IN
from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs
from gpuplane.nodepools.eks.facts import facts
from gpuplane.nodepools.eks.inputs import efa_security_group_inputs, group_inputs
from gpuplane.nodepools.eks.interfaces import interface_types
from gpuplane.nodepools.eks.template import template_inputs
from gpuplane.platforms import Platform
from gpuplane.testing import record

POOL = {"cluster": "ml", "subnet_ids": ["subnet-1"], "machine_type": "g5.2xlarge", "max_nodes": 4}
EFA = {"machine_type": "p4d.24xlarge", "efa": {}, "cluster_security_group_id": "sg-0", "vpc_id": "vpc-0"}
ANSWERS: dict[str, Any] = {
    "aws:iam/role:Role": lambda one: {"name": one.name, "arn": f"arn:aws:iam::1:role/{one.name}"},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1},
    "aws:eks/nodeGroup:NodeGroup": lambda one: {
        "nodeGroupName": one.name,
        "resources": [{"autoscalingGroups": [{"name": "eks-t4"}]}],
    },
}


def valid(**changes: Any) -> EksGpuNodePoolArgs:
    return EksGpuNodePoolArgs.parse("pool", {**POOL, **changes})


def template(**changes: Any) -> dict[str, Any]:
    args = valid(**changes)
    return template_inputs("t4", args, "sg-efa" if args.efa else None)


def test_efa_has_an_interface_on_every_card_and_a_group_of_its_own() -> None:
    found = template(**EFA, security_group_ids=["sg-own"])
    interfaces = found["networkInterfaces"]
    assert [(one["networkCardIndex"], one["deviceIndex"], one["interfaceType"]) for one in interfaces] == [
        (0, 0, "efa"),
        (1, 0, "efa-only"),
        (2, 0, "efa-only"),
        (3, 0, "efa-only"),
    ]
    assert all(one["securityGroups"] == ["sg-0", "sg-efa", "sg-own"] for one in interfaces)
    assert found["instanceType"] == "p4d.24xlarge"
    assert "instanceTypes" not in group_inputs("t4", valid(**EFA))
    group = efa_security_group_inputs("t4", "vpc-0")
    assert group["ingress"] == group["egress"] == [{"fromPort": 0, "toPort": 0, "protocol": "-1", "self": True}]


@pytest.mark.parametrize(
    ("name", "first", "count"),
    [
        ("g5.8xlarge", "efa", 1),
        ("p5.48xlarge", "efa", 32),
        ("p5en.48xlarge", "efa", 16),
        ("p6-b300.48xlarge", "interface", 17),
    ],
)
def test_the_first_interface_is_efa_where_the_machine_has_no_card_for_the_rest(
    name: str, first: str, count: int
) -> None:
    kinds = interface_types(BUILT_IN.machine(Platform.EKS, name))
    assert (kinds[0], len(kinds), set(kinds[1:]) <= {"efa-only"}) == (first, count, True)


def test_a_capacity_block_says_what_it_is_where_eks_looks_for_it() -> None:
    args = {"capacity_type": "capacity-block", "reservation": {"id": "cr-1"}}
    found = template(**args)
    assert found["instanceType"] == "g5.2xlarge"
    assert found["instanceMarketOptions"] == {"marketType": "capacity-block"}
    assert found["capacityReservationSpecification"] == {
        "capacityReservationPreference": "capacity-reservations-only",
        "capacityReservationTarget": {"capacityReservationId": "cr-1"},
    }
    group = group_inputs("t4", valid(**args))
    assert (group["capacityType"], "instanceTypes" in group) == ("CAPACITY_BLOCK", False)


def test_a_reservation_is_on_demand_to_eks_and_takes_nothing_else() -> None:
    args = {"capacity_type": "reservation", "reservation": {"resource_group_arn": "arn:aws:x"}}
    assert template(**args)["capacityReservationSpecification"] == {
        "capacityReservationPreference": "capacity-reservations-only",
        "capacityReservationTarget": {"capacityReservationResourceGroupArn": "arn:aws:x"},
    }
    group = group_inputs("t4", valid(**args))
    assert (group["capacityType"], group["instanceTypes"]) == ("ON_DEMAND", ["g5.2xlarge"])


def test_an_update_needs_no_spare_gpu_unless_it_is_told_to() -> None:
    assert group_inputs("t4", valid())["updateConfig"] == {"maxUnavailable": 1, "updateStrategy": "MINIMAL"}
    given = group_inputs("t4", valid(update={"strategy": "default", "max_unavailable": 2}))
    assert given["updateConfig"] == {"maxUnavailable": 2, "updateStrategy": "DEFAULT"}


def test_repair_is_on_and_takes_other_actions_by_reason() -> None:
    assert group_inputs("t4", valid())["nodeRepairConfig"] == {"enabled": True}
    override = {
        "condition": "AcceleratedHardwareReady",
        "reason": "NvidiaXID64Error",
        "wait_minutes": 5,
        "action": "Reboot",
    }
    given = group_inputs(
        "t4", valid(repair={"max_parallel_nodes": 1, "max_unhealthy_nodes": 2, "overrides": [override]})
    )
    assert given["nodeRepairConfig"] == {
        "enabled": True,
        "maxUnhealthyNodeThresholdCount": 2,
        "maxParallelNodesRepairedCount": 1,
        "nodeRepairConfigOverrides": [
            {
                "nodeMonitoringCondition": "AcceleratedHardwareReady",
                "nodeUnhealthyReason": "NvidiaXID64Error",
                "minRepairWaitTimeMins": 5,
                "repairAction": "Reboot",
            }
        ],
    }


@pytest.mark.parametrize(
    ("os", "devices"), [("al2023", {"/dev/xvda": 300}), ("bottlerocket", {"/dev/xvda": None, "/dev/xvdb": 300})]
)
def test_disks_are_encrypted_and_the_one_with_images_has_the_size(os: str, devices: dict[str, int | None]) -> None:
    mappings = template(os=os, disk_gib=300, disk_kms_key="arn:aws:kms:x")["blockDeviceMappings"]
    assert {one["deviceName"]: one["ebs"].get("volumeSize") for one in mappings} == devices
    assert all((one["ebs"]["encrypted"], one["ebs"]["kmsKeyId"]) == ("true", "arn:aws:kms:x") for one in mappings)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "strategy: RAID0"),
        ({"os": "bottlerocket"}, '["apiclient", "ephemeral-storage", "init"]'),
        ({"instance_store": False}, None),
        ({"machine_type": "g5g.xlarge"}, None),
    ],
)
def test_disks_of_the_machine_hold_images_where_it_has_any(changes: dict[str, Any], words: str | None) -> None:
    given = template(**changes).get("userData")
    assert (given is None) == (words is None)
    assert words is None or words in base64.b64decode(given).decode()


def test_pods_tolerate_the_taints_that_a_pool_was_given() -> None:
    taints = [{"key": "team", "value": "vision"}, {"key": "night", "effect": "NoExecute"}]
    assert facts("t4", valid(taints=taints)).tolerations == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"},
        {"key": "team", "operator": "Equal", "value": "vision", "effect": "NoSchedule"},
        {"key": "night", "operator": "Equal", "value": "", "effect": "NoExecute"},
    ]


def test_containers_do_not_reach_the_nodes_credentials() -> None:
    options = {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1}
    assert template()["metadataOptions"] == options


PARTS = {"machine_type": "p4d.24xlarge", "partition_size": "3g.20gb"}


def test_a_partitioned_pool_tells_the_mig_manager_and_the_servers() -> None:
    label = {"nvidia.com/mig.config": "all-3g.20gb"}
    assert label.items() <= group_inputs("t4", valid(**PARTS))["labels"].items()
    known = facts("t4", valid(**PARTS))
    assert (known.gpus_per_node, known.physical_gpus_per_node, known.max_gpus_per_container) == (16, 8, 1)
    assert (known.mig_profile, known.accelerator_memory_mib) == ("3g.20gb", 20480)
    assert known.node_selector == {"k8s.amazonaws.com/accelerator": "a100-40gb", **label}
    assert "userData" not in template(**PARTS, instance_store=False)


@pytest.mark.parametrize("instance_store", [True, False])
def test_bottlerocket_cuts_gpus_by_its_settings(instance_store: bool) -> None:
    given = template(**PARTS, os="bottlerocket", instance_store=instance_store)["userData"]
    said = tomllib.loads(base64.b64decode(given).decode())["settings"]
    assert said["kubelet-device-plugins"]["nvidia"] == {
        "device-partitioning-strategy": "mig",
        "mig": {"profile": {"a100.40gb": "3g.20gb"}},
    }
    assert ("bootstrap-commands" in said) == instance_store


@pytest.mark.parametrize(
    ("os", "tags"),
    [
        ("al2023", {"nvidia.com/gpu": "16", "nvidia.com/mig-3g.20gb": "16"}),
        ("bottlerocket", {"nvidia.com/gpu": "16"}),
    ],
)
def test_the_autoscaler_knows_the_partitions_of_nodes_that_are_still_to_come(os: str, tags: dict[str, str]) -> None:
    found = record(lambda: gpuplane.EksGpuNodePool("t4", {**POOL, **PARTS, "os": os}), answers=ANSWERS)
    made = [one.inputs for one in found.resources if one.type == "aws:autoscaling/tag:Tag"]
    prefix = "k8s.io/cluster-autoscaler/node-template/resources/"
    assert {one["tag"]["key"].removeprefix(prefix): one["tag"]["value"] for one in made} == tags
    assert {one["autoscalingGroupName"] for one in made} == {"eks-t4"}


def test_a_role_that_is_given_is_used_and_none_is_made() -> None:
    role = "arn:aws:iam::1:role/own"
    found = record(lambda: gpuplane.EksGpuNodePool("t4", {**POOL, "node_role_arn": role}), answers=ANSWERS)
    assert found.one("NodeGroup").inputs["nodeRoleArn"] == role
    assert not [one for one in found.resources if one.type.startswith("aws:iam/")]


def test_nodes_of_karpenter_are_let_into_the_cluster() -> None:
    pool = {"cluster": "ml", "cluster_security_group_id": "sg-0", "subnet_ids": ["subnet-1"], "accelerator": "l4"}
    found = record(lambda: gpuplane.KarpenterGpuNodePool("l4", {**pool, "max_nodes": 1}), answers=ANSWERS)
    entry = found.one("AccessEntry").inputs
    assert (entry["clusterName"], entry["type"]) == ("ml", "EC2_LINUX")
    assert found.one("EC2NodeClass").inputs["spec"]["role"] == "l4-role"
    given = record(
        lambda: gpuplane.KarpenterGpuNodePool("l4", {**pool, "max_nodes": 1, "node_role": "own"}), answers=ANSWERS
    )
    assert given.one("EC2NodeClass").inputs["spec"]["role"] == "own"
    assert not [one for one in given.resources if one.package == "aws"]
