"""What an EKS GPU node pool refuses, each rule with its exact words, before anything is made."""

from typing import Any

import pytest

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.hardware import BUILT_IN
from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs
from gpuplane.nodepools.eks.facts import ami, facts
from gpuplane.nodepools.eks.rules import name_problems
from gpuplane.platforms import Platform

POOL = {"cluster": "ml", "subnet_ids": ["subnet-1"], "machine_type": "g4dn.2xlarge", "max_nodes": 4}
EFA = {"machine_type": "p4d.24xlarge", "efa": {}, "cluster_security_group_id": "sg-1", "vpc_id": "vpc-1"}
BLOCK = {"capacity_type": "capacity-block", "reservation": {"id": "cr-1"}}


def said(**changes: Any) -> list[str]:
    try:
        EksGpuNodePoolArgs.parse("pool", {**POOL, **changes})
    except InvalidArgumentsError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"machine_type": "g4dn.2xlage"},
            "machine_type: unknown eks machine type, got 'g4dn.2xlage', nearest: g4dn.2xlarge, g4dn.12xlarge, "
            "g4dn.xlarge",
        ),
        ({"machine_type": "m6i.large"}, "machine_type: must have NVIDIA GPUs, got 'm6i.large' with none"),
        ({"machine_type": "g4ad.xlarge"}, "machine_type: must have NVIDIA GPUs, got 'g4ad.xlarge' with amd"),
        (
            {"machine_type": "gr6f.4xlarge"},
            "machine_type: must have whole GPUs, got 'gr6f.4xlarge' with 1/2 of a l4, which pods cannot tell from a "
            "whole one, fix: an instance type with whole GPUs",
        ),
        (
            {"machine_type": "p6e-gb200.36xlarge", "os": "bottlerocket"},
            "os: must have an AMI with NVIDIA's driver for p6e-gb200.36xlarge, got os 'bottlerocket', allowed: al2023",
        ),
        (
            {"fips": True},
            "fips: must have an AMI with NVIDIA's driver and FIPS for g4dn.2xlarge, got os 'al2023', "
            "allowed: bottlerocket",
        ),
        (
            {"machine_type": "p6e-gb200.36xlarge", "fips": True},
            "fips: must have an AMI with NVIDIA's driver and FIPS for p6e-gb200.36xlarge, got os 'al2023', "
            "allowed: none",
        ),
        ({"subnet_ids": []}, "subnet_ids: must have at least one subnet, got none"),
        (
            {"partition_size": "1g.5gb"},
            "partition_size: must be left out on g4dn.2xlarge, whose t4 has no known MIG profiles, allowed: "
            "a100-40gb, a100-80gb, h100, h200, b200, gb200, rtx-pro-server-6000, fix: time_slicing of the device "
            "plugin, or another machine type",
        ),
        (
            {"machine_type": "p4d.24xlarge", "partition_size": "1g.10gbs"},
            "partition_size: must be a MIG profile of a100-40gb, got '1g.10gbs', allowed: 1g.5gb, 1g.5gb+me, 1g.10gb, "
            "2g.10gb, 3g.20gb, 4g.20gb, 7g.40gb",
        ),
        (
            {"machine_type": "p4d.24xlarge", "os": "bottlerocket", "partition_size": "1g.5gb+me"},
            "partition_size: must be a MIG profile that Bottlerocket supports on a100-40gb, got '1g.5gb+me', "
            "allowed: 1g.5gb, 1g.10gb, 2g.10gb, 3g.20gb, 7g.40gb, fix: os al2023 with the GPU operator",
        ),
        (
            {"machine_type": "g7e.2xlarge", "os": "bottlerocket", "partition_size": "1g.24gb"},
            "partition_size: must be a MIG profile that Bottlerocket supports on rtx-pro-server-6000, got '1g.24gb', "
            "allowed: none, fix: os al2023 with the GPU operator",
        ),
        (
            {"labels": {"nvidia.com/mig.config": "all-1g.5gb"}},
            "labels['nvidia.com/mig.config']: must not be set, the pool sets it, got 'all-1g.5gb', fix: leave it out",
        ),
        ({"min_nodes": 5}, "min_nodes: must be from 0 to max_nodes, got 5, max_nodes is 4"),
        ({"max_nodes": 0}, "max_nodes: must be at least 1, got 0"),
        ({"disk_gib": 19}, "disk_gib: must be from 20 to 65536, got 19"),
        ({"kubernetes_version": "1.33.2"}, "kubernetes_version: must be a minor version such as '1.33', got '1.33.2'"),
        (
            {"release_version": "1.49.0-713f44ce"},
            "release_version: must be a release of al2023 such as '1.33.5-20260101', got '1.49.0-713f44ce'",
        ),
        (
            {"release_version": "1.33.5-20260101", "os": "bottlerocket"},
            "release_version: must be a release of bottlerocket such as '1.49.0-713f44ce', got '1.33.5-20260101'",
        ),
        (
            {"release_version": "1.33.5-20260101", "kubernetes_version": "1.34"},
            "release_version: must be of kubernetes_version 1.34, got '1.33.5-20260101', fix: change one of them",
        ),
        (
            {"alternative_machine_types": ["g5.2xlarge"]},
            "alternative_machine_types[0]: must have the same GPUs as g4dn.2xlarge, got 'g5.2xlarge' with 1 a10g, "
            "allowed: 1 t4, fix: a pool of its own",
        ),
        (
            {"alternative_machine_types": ["g4dn.xlarge"]},
            "alternative_machine_types[0]: must not be smaller than g4dn.2xlarge with 8 vCPU and 32 GiB, "
            "got 'g4dn.xlarge' with 4 and 16, fix: make it the machine_type",
        ),
        (
            {"alternative_machine_types": ["g4dn.4xlarge", "g4dn.4xlarge"]},
            "alternative_machine_types[1]: duplicate, got 'g4dn.4xlarge', fix: remove it",
        ),
        (
            {"alternative_machine_types": ["g4ad.4xlarge"]},
            "alternative_machine_types[0]: must have NVIDIA GPUs, got 'g4ad.4xlarge' with amd",
        ),
        (
            {**BLOCK, "alternative_machine_types": ["g4dn.4xlarge"]},
            "alternative_machine_types: must be left out with capacity_type 'capacity-block', which takes one machine "
            "type, fix: []",
        ),
        (
            {**EFA, "machine_type": "g5.8xlarge", "alternative_machine_types": ["g5.16xlarge"]},
            "alternative_machine_types: must be left out with EFA, which takes one machine type, fix: []",
        ),
        (
            {"capacity_type": "reservation"},
            "reservation: required with capacity_type 'reservation', fix: reservation: {id: cr-...}",
        ),
        (
            {"reservation": {"id": "cr-1"}, "capacity_type": "spot"},
            "reservation: must be left out with capacity_type 'spot', fix: capacity_type: reservation or "
            "capacity-block",
        ),
        (
            {"capacity_type": "reservation", "reservation": {}},
            "reservation: must have either id or resource_group_arn, got neither",
        ),
        (
            {"capacity_type": "reservation", "reservation": {"id": "cr-1", "resource_group_arn": "arn:aws:x"}},
            "reservation: must have either id or resource_group_arn, got both",
        ),
        (
            {"capacity_type": "reservation", "reservation": {"id": "lt-1"}},
            "reservation.id: must start with 'cr-', got 'lt-1'",
        ),
        (
            {**BLOCK, "subnet_ids": ["subnet-1", "subnet-2"]},
            "subnet_ids: must be one subnet with capacity_type 'capacity-block', whose reservation is in one "
            "zone, got 2, "
            "fix: the subnet of that zone",
        ),
        (
            {**EFA, "efa": {"placement_group": True}, "subnet_ids": ["subnet-1", "subnet-2"]},
            "subnet_ids: must be one subnet with a placement group, which is in one zone, got 2, fix: the "
            "subnet of that zone",
        ),
        (
            {**EFA, "machine_type": "g4dn.xlarge"},
            "efa: must be left out with g4dn.xlarge, which has no known EFA interfaces, fix: efa: null",
        ),
        (
            {**EFA, "cluster_security_group_id": None},
            "cluster_security_group_id: required with EFA, whose nodes otherwise cannot reach the cluster, "
            "fix: the cluster's vpc_config.cluster_security_group_id",
        ),
        (
            {"security_group_ids": ["sg-2"]},
            "cluster_security_group_id: required with security_group_ids, whose nodes otherwise cannot reach the "
            "cluster, fix: the cluster's vpc_config.cluster_security_group_id",
        ),
        (
            {**EFA, "vpc_id": None},
            "vpc_id: required with EFA, whose security group is created in it, fix: the cluster's VPC",
        ),
        ({"update": {"max_unavailable": 0}}, "update.max_unavailable: must be from 1 to 100, got 0"),
        ({"repair": {"max_parallel_nodes": 0}}, "repair.max_parallel_nodes: must be at least 1, got 0"),
        ({"repair": {"max_unhealthy_nodes": -1}}, "repair.max_unhealthy_nodes: must be at least 1, got -1"),
        (
            {"labels": {"eks.amazonaws.com/team": "a"}},
            "labels['eks.amazonaws.com/team']: must not have a reserved prefix (eks.amazonaws.com/, "
            "kubernetes.io/, k8s.io/), fix: use a prefix of your own",
        ),
        (
            {"labels": {"node-role.kubernetes.io/gpu": "a"}},
            "labels['node-role.kubernetes.io/gpu']: must not have a reserved prefix (eks.amazonaws.com/, "
            "kubernetes.io/, k8s.io/), fix: use a prefix of your own",
        ),
        (
            {"labels": {"nvidia.com/gpu.present": "false"}},
            "labels['nvidia.com/gpu.present']: must not be set, the pool sets it, got 'false', fix: leave it out",
        ),
        (
            {"labels": {"vpc.amazonaws.com/efa.present": "true"}},
            "labels['vpc.amazonaws.com/efa.present']: must not be set, the pool sets it, got 'true', fix: leave it out",
        ),
        (
            {"labels": {"-team": "a"}},
            "labels['-team']: must be at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last, "
            "optionally after a DNS name and '/', got '-team'",
        ),
        (
            {"labels": {"team": "a b"}},
            "labels['team']: must be at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last, "
            "got 'a b'",
        ),
        (
            {"taints": [{"key": "nvidia.com/gpu"}]},
            "taints[0].key: must not be 'nvidia.com/gpu', which every GPU pool has, fix: leave it out",
        ),
        (
            {"taints": [{"key": ""}]},
            "taints[0].key: must be at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last, "
            "optionally after a DNS name and '/', got ''",
        ),
        (
            {"taints": [{"key": "team", "value": "a b"}]},
            "taints[0].value: must be at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last, "
            "got 'a b'",
        ),
        (
            {"taints": [{"key": "team"}, {"key": "team"}]},
            "taints[1]: duplicate, got team:NoSchedule, fix: remove it",
        ),
        ({"taints": [{"key": f"team-{index}"} for index in range(50)]}, "taints: must be at most 49, got 50"),
    ],
)
def test_what_eks_would_refuse_later_is_refused_at_once(changes: dict[str, Any], message: str) -> None:
    assert said(**changes) == [message]


def override(**changes: Any) -> dict[str, Any]:
    one = {
        "condition": "AcceleratedHardwareReady",
        "reason": "NvidiaXID64Error",
        "wait_minutes": 10,
        "action": "Reboot",
    }
    return {**one, **changes}


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ([override(reason="")], "repair.overrides[0].reason: must name a reason, got ''"),
        ([override(wait_minutes=0)], "repair.overrides[0].wait_minutes: must be at least 1, got 0"),
        (
            [override(), override(action="Replace")],
            "repair.overrides[1]: must differ from the others, got AcceleratedHardwareReady 'NvidiaXID64Error' twice",
        ),
    ],
)
def test_what_eks_would_refuse_of_a_repair_is_refused_at_once(overrides: list[Any], message: str) -> None:
    assert said(repair={"overrides": overrides}) == [message]


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert len(said(machine_type="g4dn.2xlage", min_nodes=9, fips=True, subnet_ids=[], disk_gib=1)) == 4


@pytest.mark.parametrize("name", ["a" * 50, "t4 pool", "-t4", "t4_pool", ""])
def test_a_name_that_a_child_could_not_have_is_refused(name: str) -> None:
    assert [str(problem) for problem in name_problems(name)] == [
        f"must be named with letters, digits and hyphens, a letter or digit first, at most 49 characters, got {name!r}"
    ]


def test_a_name_of_49_characters_is_taken() -> None:
    assert list(name_problems("a" * 49)) == []


@pytest.mark.parametrize(
    ("machine_type", "os", "fips", "name", "advertiser"),
    [
        ("g4dn.xlarge", "al2023", False, "AL2023_x86_64_NVIDIA", "nvidia-device-plugin"),
        ("g5g.xlarge", "al2023", False, "AL2023_ARM_64_NVIDIA", "nvidia-device-plugin"),
        ("p6e-gb200.36xlarge", "al2023", False, "AL2023_ARM_64_NVIDIA", "nvidia-device-plugin"),
        ("p5.48xlarge", "bottlerocket", False, "BOTTLEROCKET_x86_64_NVIDIA", "bottlerocket"),
        ("p5.48xlarge", "bottlerocket", True, "BOTTLEROCKET_x86_64_NVIDIA_FIPS", "bottlerocket"),
        ("g5g.xlarge", "bottlerocket", False, "BOTTLEROCKET_ARM_64_NVIDIA", "bottlerocket"),
        ("g5g.xlarge", "bottlerocket", True, "BOTTLEROCKET_ARM_64_NVIDIA_FIPS", "bottlerocket"),
    ],
)
def test_the_ami_is_for_the_machines_cpu_and_tells_who_advertises_its_gpus(
    machine_type: str, os: str, fips: bool, name: str, advertiser: str
) -> None:
    args = EksGpuNodePoolArgs.parse("pool", {**POOL, "machine_type": machine_type, "os": os, "fips": fips})
    assert (ami(args).name, facts("pool", args).advertiser) == (name, advertiser)


@pytest.mark.parametrize("known", BUILT_IN.machines(Platform.EKS), ids=lambda known: known.name)
def test_every_ec2_machine_with_whole_nvidia_gpus_makes_a_pool_and_no_other_does(known: Any) -> None:
    problems = said(machine_type=known.name)
    if known.vendor == "nvidia" and not known.is_fractional:
        assert problems == []
    else:
        assert len(problems) == 1
        assert problems[0].startswith("machine_type: must have ")
