"""An EKS cluster: what is refused, each rule with its exact words, and what it is made of."""

from typing import Any

import pytest

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.clusters.eks.args import EksClusterArgs
from gpuplane.clusters.eks.inputs import cluster_inputs, cpu_node_group_inputs
from gpuplane.clusters.eks.rules import name_problems
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.difference import difference
from refusals import told

CLUSTER = {"region": "us-east-1", "subnet_ids": ["subnet-1", "subnet-2"]}
TOKEN = "aws:eks/cluster:Cluster"


def valid(**changes: Any) -> EksClusterArgs:
    return EksClusterArgs.parse("cluster", {**CLUSTER, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"subnet_ids": ["subnet-1"]},
            "subnet_ids: must be in two availability zones at least, got 1, fix: two or more",
        ),
        ({"version": "latest"}, "version: must be a minor version such as '1.33', got 'latest'"),
        (
            {"public_cidrs": ["203.0.113.0/24", "here"]},
            "public_cidrs[1]: must be an IPv4 network such as '203.0.113.0/24', got 'here'",
        ),
        ({"admins": {"ops": "ops"}}, "admins.ops: must start with 'arn:', got 'ops'"),
        (
            {"add_on_versions": {"vpc-cnii": "latest"}},
            "add_on_versions.vpc-cnii: unknown add-on, got 'vpc-cnii', nearest: vpc-cni",
        ),
        (
            {"add_on_versions": {"aws-efs-csi-driver": "latest"}},
            "add_on_versions.aws-efs-csi-driver: unknown add-on, got 'aws-efs-csi-driver', nearest: aws-ebs-csi-driver",
        ),
        (
            {"cpu_instance_type": "g4dn.xlarge"},
            "cpu_instance_type: must be without GPUs, got 'g4dn.xlarge' with 1 t4, fix: a pool",
        ),
        ({"cpu_max_nodes": 1}, "cpu_max_nodes: must be at least 2, got 1"),
    ],
)
def test_what_eks_would_refuse_later_is_refused_at_once(changes: dict[str, Any], message: str) -> None:
    assert told(lambda: valid(**changes)) == [message]


def test_an_unknown_instance_type_gives_the_nearest_and_how_to_add_it() -> None:
    with pytest.raises(InvalidArgumentsError, match=r"cpu_instance_type: unknown eks machine type, .*m6i.large.*, fix"):
        valid(cpu_instance_type="m6i.lage")


def test_a_name_that_a_role_could_not_have_is_refused() -> None:
    assert list(name_problems("a" * 47)) == []
    assert [str(problem) for problem in name_problems("a" * 48)] == [
        "must be named with letters, digits and hyphens, a letter or digit first, at most 47 characters, "
        f"got {'a' * 48!r}"
    ]


@pytest.mark.parametrize(
    ("cidrs", "is_public", "listed"),
    [(None, True, None), ([], False, None), (["203.0.113.0/24"], True, ["203.0.113.0/24"])],
)
def test_the_api_server_is_reached_from_where_it_is_said_and_from_its_network(
    cidrs: list[str] | None, is_public: bool, listed: list[str] | None
) -> None:
    network = cluster_inputs(valid(public_cidrs=cidrs), "arn")["vpcConfig"]
    assert network["endpointPrivateAccess"] is True
    assert (network["endpointPublicAccess"], network.get("publicAccessCidrs")) == (is_public, listed)


@pytest.mark.parametrize(
    ("instance_type", "ami"), [("m6i.large", "AL2023_x86_64_STANDARD"), ("m7g.large", "AL2023_ARM_64_STANDARD")]
)
def test_cpu_nodes_start_from_an_ami_for_their_cpu(instance_type: str, ami: str) -> None:
    assert cpu_node_group_inputs(valid(cpu_instance_type=instance_type))["amiType"] == ami


@pytest.mark.parametrize(
    "changes", [{}, {"version": "1.34", "public_cidrs": [], "logs": [], "deletion_protection": False}]
)
def test_eks_takes_the_cluster(changes: dict[str, Any]) -> None:
    inputs = {"name": "ml", "roleArn": "arn:aws:iam::1:role/a", **cluster_inputs(valid(**changes), "arn:aws:kms:x")}
    _, outputs = SimulatedCloud("127.0.0.1:6443", "Q0E=").create(TOKEN, "ml", inputs)
    assert outputs["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("before", "after", "replacing"),
    [
        ({"version": "1.33"}, {"version": "1.34"}, []),
        ({}, {"public_cidrs": []}, []),
        ({}, {"logs": []}, []),
        ({}, {"subnet_ids": ["subnet-1", "subnet-3"]}, []),
    ],
)
def test_a_change_of_a_cluster_never_replaces_it(
    before: dict[str, Any], after: dict[str, Any], replacing: list[str]
) -> None:
    old, new = (cluster_inputs(valid(**changes), "arn") for changes in (before, after))
    found = difference(TOKEN, old, new)
    assert found.changes
    assert found.replacing == replacing


def test_encryption_can_be_added_and_only_a_new_cluster_is_without_it() -> None:
    encrypted = cluster_inputs(valid(), "arn")
    plain = {key: value for key, value in encrypted.items() if key != "encryptionConfig"}
    assert difference(TOKEN, plain, encrypted).replacing == []
    assert difference(TOKEN, encrypted, plain).replacing
