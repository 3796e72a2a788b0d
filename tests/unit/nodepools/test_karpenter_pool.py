"""GPU pools of Karpenter: what is refused, each rule with its exact words; its two objects; and its simulated nodes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpuplane.arguments.errors import InvalidArgumentsError, Problem
from gpuplane.hardware import BUILT_IN
from gpuplane.kubernetes.taints import TaintEffect
from gpuplane.nodepools.ec2.fields import EksOs
from gpuplane.nodepools.karpenter.args import KarpenterGpuNodePoolArgs
from gpuplane.nodepools.karpenter.facts import facts
from gpuplane.nodepools.karpenter.fields import Consolidation, KarpenterCapacityType
from gpuplane.nodepools.karpenter.inputs import node_class, node_pool
from gpuplane.nodepools.karpenter.rules import name_problems
from gpuplane.platforms import Platform
from gpuplane.simulation.nodes.karpenter import karpenter_nodes

POOL = {
    "cluster": "ml",
    "cluster_security_group_id": "sg-0",
    "subnet_ids": ["subnet-1"],
    "accelerator": "l4",
    "max_nodes": 4,
}


def checked(changes: dict[str, Any]) -> tuple[KarpenterGpuNodePoolArgs | None, list[Problem]]:
    try:
        return KarpenterGpuNodePoolArgs.parse("pool", {**POOL, **changes}), []
    except InvalidArgumentsError as error:
        return None, error.problems


def valid(**changes: Any) -> KarpenterGpuNodePoolArgs:
    return KarpenterGpuNodePoolArgs.parse("pool", {**POOL, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"accelerator": "nvidia-l4"},
            "accelerator: unknown NVIDIA accelerator of EC2, got 'nvidia-l4', allowed: t4, a10g, l4, t4g, l40s, "
            "v100-16gb, v100-32gb, a100-40gb, a100-80gb, h100, h200, b200, b300, gb200, rtx-pro-4500, "
            "rtx-pro-server-6000",
        ),
        (
            {"gpus_per_node": 2},
            "gpus_per_node: no instance type has this many l4, got 2, allowed: 1, 4, 8",
        ),
        (
            {"gpus_per_node": 4, "machine_types": ["g6.xlarge"]},
            "machine_types[0]: must have 4 l4, got 'g6.xlarge' with 1 l4, allowed: g6.12xlarge, g6.24xlarge",
        ),
        (
            {"machine_types": ["g6f.xlarge"]},
            "machine_types[0]: must have whole GPUs, got 'g6f.xlarge' with 1/8 of a l4, which pods cannot tell from "
            "a whole one, fix: an instance type with whole GPUs",
        ),
        (
            {"machine_types": ["g4ad.xlarge"]},
            "machine_types[0]: must have NVIDIA GPUs, got 'g4ad.xlarge' with amd",
        ),
        (
            {"accelerator": "gb200", "gpus_per_node": 4, "os": "bottlerocket"},
            "os: must have an AMI with NVIDIA's driver for p6e-gb200.36xlarge, got 'bottlerocket', fix: al2023",
        ),
        (
            {"release": "1.33.5-20260101"},
            "release: must be latest or a release of al2023 such as 'v20260101', got '1.33.5-20260101'",
        ),
        (
            {"release": "v20260101", "os": "bottlerocket"},
            "release: must be latest or a release of bottlerocket such as 'v1.49.0', got 'v20260101'",
        ),
        (
            {"release": "v20260101", "ami_ids": ["ami-1"]},
            "release: must be left out with ami_ids, got 'v20260101'",
        ),
        ({"ami_ids": ["1"]}, "ami_ids[0]: must start with 'ami-', got '1'"),
        ({"subnet_ids": []}, "subnet_ids: must have either subnet_ids or subnet_tags, got neither"),
        ({"subnet_tags": {"a": "b"}}, "subnet_ids: must have either subnet_ids or subnet_tags, got both"),
        (
            {"subnet_ids": [], "subnet_tags": {"karpenter.sh/discovery": ""}},
            "subnet_tags['karpenter.sh/discovery']: must have a key and a value, got '', such as '*' for any",
        ),
        ({"subnet_ids": ["vpc-1"]}, "subnet_ids[0]: must start with 'subnet-', got 'vpc-1'"),
        ({"security_group_ids": ["1"]}, "security_group_ids[0]: must start with 'sg-', got '1'"),
        ({"capacity_type": []}, "capacity_type: must have at least one, got none, allowed: reserved, spot, on-demand"),
        (
            {"capacity_type": ["reserved"]},
            "reservation_ids: required with capacity_type 'reserved', got none, fix: [cr-...]",
        ),
        (
            {"reservation_ids": ["cr-1"]},
            "reservation_ids: must be left out without capacity_type 'reserved', fix: capacity_type: [reserved]",
        ),
        (
            {"capacity_type": ["reserved"], "reservation_ids": ["1"]},
            "reservation_ids[0]: must start with 'cr-', got '1'",
        ),
        ({"max_nodes": 0}, "max_nodes: must be at least 1, got 0"),
        ({"disk_gib": 60_000}, "disk_gib: must be from 20 to 59000, got 60000"),
        ({"weight": 101}, "weight: must be from 1 to 100, got 101"),
        (
            {"labels": {"karpenter.sh/nodepool": "a"}},
            "labels['karpenter.sh/nodepool']: must not have a reserved prefix (karpenter.sh/, "
            "karpenter.k8s.aws/, eks.amazonaws.com/, kubernetes.io/, k8s.io/), fix: use a prefix of your own",
        ),
        (
            {"labels": {"nvidia.com/gpu.present": "no"}},
            "labels['nvidia.com/gpu.present']: must not be set, the pool sets it, got 'no', fix: leave it out",
        ),
        (
            {"labels": {"nvidia.com/mig.config": "all-1g.5gb"}},
            "labels['nvidia.com/mig.config']: must be left out, Karpenter counts whole GPUs of a node, not its "
            "partitions, fix: an EksGpuNodePool with partition_size",
        ),
        (
            {"taints": [{"key": "nvidia.com/gpu"}]},
            "taints[0].key: must not be 'nvidia.com/gpu', which every GPU pool has, fix: leave it out",
        ),
        (
            {"taints": [{"key": "team"}, {"key": "team", "value": "a"}]},
            "taints[1]: duplicate, got team:NoSchedule, fix: remove it",
        ),
        (
            {"disruption": {"consolidate_after_seconds": -1}},
            "disruption.consolidate_after_seconds: must be at least 0, got -1",
        ),
        ({"disruption": {"max_nodes": -1}}, "disruption.max_nodes: must be at least 0, got -1"),
        (
            {"disruption": {"expire_after_hours": 0}},
            "disruption.expire_after_hours: must be at least 1, got 0, fix: leave it out for never",
        ),
    ],
)
def test_what_karpenter_would_refuse_later_is_refused_at_once(changes: dict[str, Any], message: str) -> None:
    assert [str(problem) for problem in checked(changes)[1]] == [message]


@pytest.mark.parametrize("name", ["L4", "-l4", "l4_pool", "a" * 56, ""])
def test_a_name_that_an_object_could_not_have_is_refused(name: str) -> None:
    assert [str(problem) for problem in name_problems(name)] == [
        "must be named with lower-case letters, digits and hyphens, no hyphen first or last, at most 55 "
        f"characters, got {name!r}"
    ]


def test_a_node_pool_says_what_karpenter_may_make_and_when_it_goes() -> None:
    args = valid(capacity_type=["spot", "on-demand"], machine_types=["g6.2xlarge", "g6.xlarge"], labels={"team": "a"})
    assert node_pool("l4", "l4", args)["spec"] == {
        "template": {
            "metadata": {
                "labels": {"nvidia.com/gpu.present": "true", "k8s.amazonaws.com/accelerator": "l4", "team": "a"}
            },
            "spec": {
                "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "l4"},
                "requirements": [
                    {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot", "on-demand"]},
                    {
                        "key": "node.kubernetes.io/instance-type",
                        "operator": "In",
                        "values": ["g6.xlarge", "g6.2xlarge"],
                    },
                    {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]},
                    {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
                ],
                "taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}],
                "expireAfter": "Never",
            },
        },
        "limits": {"nvidia.com/gpu": "4"},
        "disruption": {
            "consolidationPolicy": "WhenEmpty",
            "consolidateAfter": "300s",
            "budgets": [{"nodes": "1"}],
        },
    }


def test_nodes_are_encrypted_and_give_containers_no_credentials() -> None:
    spec = node_class("l4", valid(os="bottlerocket", disk_kms_key="arn:aws:kms:x"), "nodes")["spec"]
    assert all(device["ebs"]["encrypted"] and device["ebs"]["kmsKeyID"] for device in spec["blockDeviceMappings"])
    assert [device["deviceName"] for device in spec["blockDeviceMappings"]] == ["/dev/xvda", "/dev/xvdb"]
    assert spec["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }
    assert spec["amiSelectorTerms"] == [{"alias": "bottlerocket@latest"}]


EC2 = [known.name for known in BUILT_IN.machines(Platform.EKS)]
ACCELERATORS = sorted(
    {(str(known.accelerator), int(known.gpus)) for known in BUILT_IN.machines(Platform.EKS) if known.vendor == "nvidia"}
    - {("l4", 0)}
)
WORDS = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
SPACE = st.fixed_dictionaries(
    {"max_nodes": st.integers(0, 5)},
    optional={
        "kind": st.sampled_from(ACCELERATORS),
        "machine_types": st.lists(st.sampled_from(EC2), max_size=1),
        "capacity_type": st.lists(st.sampled_from(KarpenterCapacityType), max_size=3, unique=True),
        "reservation_ids": st.sampled_from([[], ["cr-1"]]),
        "os": st.sampled_from(EksOs),
        "release": st.sampled_from(["latest", "v20260101", "v1.49.0"]),
        "ami_ids": st.sampled_from([[], ["ami-1"]]),
        "disk_gib": st.integers(0, 2000),
        "instance_store": st.booleans(),
        "weight": st.integers(0, 101),
        "node_role": st.just("nodes"),
        "labels": st.dictionaries(WORDS, WORDS, max_size=1),
        "taints": st.lists(st.fixed_dictionaries({"key": WORDS, "effect": st.sampled_from(TaintEffect)}), max_size=1),
        "disruption": st.fixed_dictionaries({"consolidation": st.sampled_from(Consolidation)}),
    },
)


@settings(deadline=None, max_examples=150)
@given(wanted=SPACE)
def test_every_pool_is_an_error_with_a_path_or_brings_nodes_as_its_facts_say(wanted: dict[str, Any]) -> None:
    accelerator, gpus = wanted.pop("kind", ("l4", 1))
    args, problems = checked({"accelerator": accelerator, "gpus_per_node": gpus, **wanted})
    assert all(problem.path for problem in problems)
    if args is None:
        return
    known = facts("l4", args)
    pool = karpenter_nodes(node_pool("l4", "l4", args), node_class("l4", args, "nodes"))
    assert (pool.minimum, pool.maximum, pool.gpus) == (0, args.max_nodes, known.gpus_per_node)
    assert pool.advertiser == known.advertiser
    node = pool.make(0)
    assert known.node_selector.items() <= node["metadata"]["labels"].items()
    assert node["metadata"]["labels"]["node.kubernetes.io/instance-type"] == known.machine_type
    assert {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"} in node["spec"]["taints"]
