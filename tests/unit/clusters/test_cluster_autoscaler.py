"""The cluster autoscaler of EKS: what it is made of, and when a stack makes it."""

import json
from typing import Any

import pytest
import yaml

import gpuplane
from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.clusters.autoscaler.images import image_for
from gpuplane.clusters.autoscaler.inputs import cluster_role_inputs, command, deployment_inputs, namespace_role_inputs
from gpuplane.clusters.autoscaler.permissions import scaling_policy
from gpuplane.stackconfig import load
from gpuplane.stackconfig.model import StackConfig
from gpuplane.testing import Recorded, record
from projects import OVERLAY, ROOT

ARGS = {"cluster": "ml", "region": "us-east-1", "kubernetes_version": "1.36"}
EXISTING = {"existingEks": {"cluster": "ml", "region": "us-east-1"}, "eks": None}


def made(**args: Any) -> Recorded:
    return record(
        lambda: gpuplane.ClusterAutoscaler("it", {**ARGS, **args}),
        answers={"aws:iam/role:Role": lambda one: {"name": one.name, "arn": f"arn:aws:iam::1:role/{one.name}"}},
    )


def staging(pool: dict[str, Any] | None = None, **cluster: Any) -> StackConfig:
    base = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]["base"]["value"]
    overlay = yaml.safe_load((ROOT / "Pulumi.staging.yaml").read_text())["config"][OVERLAY]
    overlay["pools"]["eks"]["t4"].update(pool or {})
    overlay["cluster"] = {key: value for key, value in {**overlay["cluster"], **cluster}.items() if value is not None}
    return load(base, overlay, "staging")


@pytest.mark.parametrize(
    ("version", "release"),
    [("1.33", "v1.33.1"), ("1.36", "v1.36.1"), ("1.29", "v1.32.2"), ("1.41", "v1.36.1"), ("1.36.2", "v1.36.1")],
)
def test_its_release_is_the_one_for_the_clusters_version_or_the_nearest(version: str, release: str) -> None:
    assert image_for(version).partition("@")[0].endswith(f":{release}")


def test_an_image_of_ones_own_is_taken() -> None:
    pod = made(image="registry.example.com/autoscaler:v1").one("Deployment").inputs["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"] == "registry.example.com/autoscaler:v1"


def test_it_changes_the_groups_of_its_own_cluster_and_no_others() -> None:
    reads, changes = json.loads(scaling_policy("ml"))["Statement"]
    assert all(action.partition(":")[2].startswith(("Describe", "Get")) for action in reads["Action"])
    assert "Condition" not in reads
    assert changes["Action"] == ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
    assert changes["Condition"]["StringEquals"] == {
        "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": "true",
        "aws:ResourceTag/k8s.io/cluster-autoscaler/ml": "owned",
    }


def test_its_pod_takes_the_role_by_pod_identity_before_it_starts() -> None:
    found = made()
    association, deployment = found.one("PodIdentityAssociation"), found.one("Deployment")
    account = found.one("ServiceAccount").inputs["metadata"]
    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("kube-system", account["name"])
    assert association.inputs["roleArn"].endswith("role/it-role")
    assert deployment.inputs["spec"]["template"]["spec"]["serviceAccountName"] == account["name"]
    assert association.urn in deployment.dependencies


def test_it_finds_the_groups_of_its_cluster_and_leaves_gpus_that_are_used() -> None:
    flags = command("ml")
    discovery = "asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/ml"
    assert f"--node-group-auto-discovery={discovery}" in flags
    threshold = next(one for one in flags if one.startswith("--scale-down-gpu-utilization-threshold="))
    # One of the most replicas that a machine's GPUs can be shared in.
    assert 0 < float(threshold.partition("=")[2]) < 1 / (8 * 48)


def test_its_pod_is_restricted_and_it_reads_no_secrets() -> None:
    pod = deployment_inputs([], "us-east-1", "image")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert "volumes" not in pod
    rules = [*cluster_role_inputs()["rules"], *namespace_role_inputs()["rules"]]
    assert not {"secrets", "*"} & {kind for rule in rules for kind in (*rule["resources"], *rule["verbs"])}


@pytest.mark.parametrize(
    ("pool", "cluster", "is_made"),
    [
        ({}, {}, True),
        ({"maxNodes": 2}, {}, True),
        ({"maxNodes": 2}, {"eks": {"region": "us-east-1", "subnetIds": ["a", "b"], "cpuMaxNodes": 2}}, False),
        ({}, {"eks": {"region": "us-east-1", "subnetIds": ["a", "b"], "cpuMaxNodes": 2}}, True),
        ({}, {"autoscaler": {"enabled": False}}, False),
        ({}, EXISTING, False),
        ({}, {**EXISTING, "autoscaler": {"enabled": True}}, True),
    ],
)
def test_a_new_cluster_has_one_where_anything_may_grow_and_one_that_is_there_on_request(
    pool: dict[str, Any], cluster: dict[str, Any], is_made: bool
) -> None:
    config = staging({"minNodes": 2, **pool}, **cluster)
    assert config.cluster.makes_autoscaler(config.pools.may_grow) is is_made


@pytest.mark.parametrize(
    ("cluster", "got"),
    [
        (
            {"existingGke": {"cluster": "a", "project": "b", "location": "us-central1"}},
            "GKE, which scales its pools itself",
        ),
        ({"kubeconfig": {"context": "kind-kind"}}, "a kubeconfig context"),
    ],
)
def test_it_is_for_eks_alone(cluster: dict[str, Any], got: str) -> None:
    with pytest.raises(InvalidArgumentsError) as error:
        staging(**cluster, eks=None, autoscaler={"enabled": True})
    message = f"supported on EKS only, got {got}, fix: set it to null"
    assert message in [problem.message for problem in error.value.problems]
