from typing import Any

import pytest

from gpuplane.simulation import tables
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.difference import Change
from gpuplane.simulation.naming import has_fixed_name, named
from gpuplane.simulation.resource import CloudRefusal

GKE_CLUSTER = "gcp:container/cluster:Cluster"
GKE_POOL = "gcp:container/nodePool:NodePool"
EKS_GROUP = "aws:eks/nodeGroup:NodeGroup"
ROLE = "aws:iam/role:Role"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


@pytest.fixture
def cloud() -> SimulatedCloud:
    return SimulatedCloud("127.0.0.1:6443", "Q0E=")


@pytest.mark.parametrize(
    ("token", "inputs", "resource_id", "outputs"),
    [
        (
            GKE_CLUSTER,
            {"name": "ml", "project": "acme", "location": "us-central1"},
            "projects/acme/locations/us-central1/clusters/ml",
            {"endpoint": "127.0.0.1:6443", "masterAuth": {"clusterCaCertificate": "Q0E="}, "name": "ml"},
        ),
        (
            GKE_POOL,
            {
                "name": "t4",
                "cluster": "projects/acme/locations/us-central1/clusters/ml",
                "project": "acme",
                "nodeConfig": {"machineType": "e2-standard-4"},
            },
            "projects/acme/locations/us-central1/clusters/ml/nodePools/t4",
            {"cluster": "projects/acme/locations/us-central1/clusters/ml", "location": "us-central1"},
        ),
        (
            "gcp:serviceaccount/account:Account",
            {"accountId": "t4-nodes", "project": "acme"},
            "projects/acme/serviceAccounts/t4-nodes@acme.iam.gserviceaccount.com",
            {
                "email": "t4-nodes@acme.iam.gserviceaccount.com",
                "member": "serviceAccount:t4-nodes@acme.iam.gserviceaccount.com",
            },
        ),
        (
            "gcp:projects/iAMMember:IAMMember",
            {"project": "acme", "role": "roles/viewer", "member": "user:a@example.com"},
            "acme/roles/viewer/user:a@example.com",
            {"role": "roles/viewer"},
        ),
        (
            "aws:eks/cluster:Cluster",
            {"name": "ml", "roleArn": "arn", "vpcConfig": {"subnetIds": ["a"], "endpointPrivateAccess": True}},
            "ml",
            {
                "arn": "arn:aws:eks:us-east-1:123456789012:cluster/ml",
                "endpoint": "https://127.0.0.1:6443",
                "certificateAuthority": {"data": "Q0E="},
            },
        ),
        (
            "aws:eks/addon:Addon",
            {"clusterName": "ml", "addonName": "coredns"},
            "ml:coredns",
            {"addonVersion": "v1.0.0-eksbuild.1"},
        ),
        (
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            {"role": "nodes", "policyArn": "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"},
            "nodes/arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
            {"role": "nodes"},
        ),
    ],
)
def test_a_resource_reads_back_as_in_the_real_cloud(
    cloud: SimulatedCloud, token: str, inputs: dict[str, Any], resource_id: str, outputs: dict[str, Any]
) -> None:
    made, said = cloud.create(token, "it", inputs)
    assert made == resource_id
    assert {key: said[key] for key in outputs} == outputs
    found = cloud.read(token, resource_id)
    assert found is not None
    assert found.outputs == said
    cloud.delete(token, resource_id)
    assert cloud.read(token, resource_id) is None


def test_what_a_cloud_adds_to_a_nested_input_stands_beside_it(cloud: SimulatedCloud) -> None:
    _, outputs = cloud.create(
        "aws:eks/cluster:Cluster", "ml", {"name": "ml", "roleArn": "arn", "vpcConfig": {"subnetIds": ["a"]}}
    )
    assert outputs["vpcConfig"]["subnetIds"] == ["a"]
    assert outputs["vpcConfig"]["clusterSecurityGroupId"].startswith("sg-")


def test_a_name_is_made_up_as_pulumi_does_and_is_always_the_same(cloud: SimulatedCloud) -> None:
    first, outputs = cloud.create(ROLE, "nodes", {"assumeRolePolicy": "{}"})
    again, _ = SimulatedCloud("127.0.0.1:1", "").create(ROLE, "nodes", {"assumeRolePolicy": "{}"})
    assert first == again == outputs["name"]
    assert first.startswith("nodes-")
    assert len(first) == len("nodes-") + 7


def test_a_providers_settings_are_the_defaults_of_its_resources(cloud: SimulatedCloud) -> None:
    cloud.configure("gcp", {"project": "acme", "region": "europe-west4"})
    cloud.configure("aws", {"region": "eu-west-1"})
    made, outputs = cloud.create(GKE_CLUSTER, "ml", {"name": "ml"})
    assert made == "projects/acme/locations/europe-west4/clusters/ml"
    assert (outputs["project"], outputs["location"]) == ("acme", "europe-west4")
    assert cloud.invoke("aws:index/getRegion:getRegion", {})["region"] == "eu-west-1"


def test_a_pool_is_where_its_cluster_is(cloud: SimulatedCloud) -> None:
    cloud.create(GKE_CLUSTER, "ml", {"name": "ml", "project": "acme", "location": "europe-west4"})
    made, outputs = cloud.create(
        GKE_POOL, "cpu", {"name": "cpu", "cluster": "ml", "nodeConfig": {"machineType": "e2-standard-4"}}
    )
    assert made == "projects/acme/locations/europe-west4/clusters/ml/nodePools/cpu"
    assert outputs["location"] == "europe-west4"


def test_a_clusters_full_id_decides_where_its_pool_is(cloud: SimulatedCloud) -> None:
    inputs = {"name": "cpu", "cluster": "projects/other/locations/asia-east1-a/clusters/ml", "project": "acme"}
    made, _ = cloud.create(GKE_POOL, "cpu", {**inputs, "nodeConfig": {"machineType": "e2-standard-4"}})
    assert made == "projects/other/locations/asia-east1-a/clusters/ml/nodePools/cpu"


def test_secrets_are_revealed_to_the_cloud(cloud: SimulatedCloud) -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "nodes"}
    assert cloud.create(ROLE, "nodes", {"assumeRolePolicy": "{}", "name": secret})[0] == "nodes"


def test_a_type_without_a_table_is_checked_and_reads_back_as_its_inputs(cloud: SimulatedCloud) -> None:
    made, outputs = cloud.create("gcp:pubsub/topic:Topic", "events", {"messageRetentionDuration": "600s"})
    assert made.startswith("events-")
    assert outputs == {"messageRetentionDuration": "600s"}
    with pytest.raises(CloudRefusal) as refusal:
        cloud.create("gcp:pubsub/topic:Topic", "events", {"messageRetentionPeriod": "600s"})
    assert refusal.value.subject == 'gcp:pubsub/topic:Topic "events"'
    assert str(refusal.value) == "messageRetentionPeriod: unknown key, nearest: messageRetentionDuration"


def test_a_change_keeps_what_the_cloud_made_up_and_counts_versions(cloud: SimulatedCloud) -> None:
    made, before = cloud.create(TEMPLATE, "t4", {"updateDefaultVersion": True})
    after = cloud.update(TEMPLATE, made, {"updateDefaultVersion": True, "description": "GPU nodes"})
    assert (before["latestVersion"], before["defaultVersion"]) == (1, 1)
    assert (after["latestVersion"], after["defaultVersion"]) == (2, 2)
    assert (after["arn"], after["name"]) == (before["arn"], before["name"])
    pinned = cloud.update(TEMPLATE, made, {"description": "more"})
    assert (pinned["latestVersion"], pinned["defaultVersion"]) == (3, 2)


def test_a_change_is_refused_as_the_making_would_be(cloud: SimulatedCloud) -> None:
    inputs = {"name": "cpu", "cluster": "ml", "nodeConfig": {"machineType": "e2-standard-4"}}
    made, _ = cloud.create(GKE_POOL, "cpu", inputs)
    with pytest.raises(CloudRefusal, match="at most maxNodeCount"):
        cloud.update(GKE_POOL, made, {**inputs, "autoscaling": {"minNodeCount": 2, "maxNodeCount": 1}})
    with pytest.raises(CloudRefusal, match="not found, got 'nowhere'"):
        cloud.update(GKE_POOL, "nowhere", inputs)


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({"spot": True}, {"spot": False}, [Change("nodeConfig.spot", "update", True)]),
        ({}, {"spot": True}, [Change("nodeConfig.spot", "add", True)]),
        ({"spot": True}, {}, [Change("nodeConfig.spot", "delete", True)]),
        ({"machineType": "a"}, {"machineType": "b"}, [Change("nodeConfig.machineType", "update", False)]),
        ({"labels": {"a": "b"}}, {"labels": {"a": "c"}}, [Change("nodeConfig.labels.a", "update", False)]),
        ({"tags": []}, {}, []),
        ({"diskSizeGb": 200}, {"diskSizeGb": 200.0}, []),
        ({"spot": False}, {}, []),
        ({}, {"spot": False}, []),
        ({"preemptible": "false"}, {}, []),
        ({"serviceAccount": "a"}, {}, []),
        ({"serviceAccount": "a"}, {"serviceAccount": "b"}, [Change("nodeConfig.serviceAccount", "update", True)]),
        ({"shieldedInstanceConfig": {"enableSecureBoot": True}}, {}, []),
        (
            {"shieldedInstanceConfig": {"enableSecureBoot": True}},
            {"shieldedInstanceConfig": {"enableSecureBoot": False}},
            [Change("nodeConfig.shieldedInstanceConfig.enableSecureBoot", "update", True)],
        ),
        ({"bootDiskKmsKey": "a"}, {}, [Change("nodeConfig.bootDiskKmsKey", "delete", True)]),
        (
            {"guestAccelerators": [{"type": "nvidia-l4", "count": 1}]},
            {"guestAccelerators": [{"type": "nvidia-l4", "count": 2}]},
            [Change("nodeConfig.guestAccelerators", "update", True)],
        ),
    ],
)
def test_a_change_of_a_pool_replaces_it_only_where_gke_must(
    cloud: SimulatedCloud, old: dict[str, Any], new: dict[str, Any], changes: list[Change]
) -> None:
    found = cloud.diff(GKE_POOL, {"cluster": "ml", "nodeConfig": old}, {"cluster": "ml", "nodeConfig": new})
    assert found.changes == changes
    assert found.replacing == [change.path for change in changes if change.replaces]
    assert found.keys == (["nodeConfig"] if changes else [])


@pytest.mark.parametrize(
    ("token", "args", "answer"),
    [
        (
            "gcp:container/getCluster:getCluster",
            {"name": "ml", "project": "acme", "location": "us-central1"},
            {"endpoint": "127.0.0.1:6443", "nodeLocations": ["us-central1-a", "us-central1-b", "us-central1-c"]},
        ),
        (
            "aws:eks/getCluster:getCluster",
            {"name": "ml"},
            {"endpoint": "https://127.0.0.1:6443", "certificateAuthorities": [{"data": "Q0E="}]},
        ),
        ("aws:index/getCallerIdentity:getCallerIdentity", {}, {"accountId": "123456789012"}),
        ("aws:index/getPartition:getPartition", {}, {"partition": "aws"}),
    ],
)
def test_a_function_answers_as_the_real_one(
    cloud: SimulatedCloud, token: str, args: dict[str, Any], answer: dict[str, Any]
) -> None:
    said = cloud.invoke(token, args)
    assert {key: said[key] for key in answer} == answer


def test_every_function_of_the_table_can_be_answered(cloud: SimulatedCloud) -> None:
    for token in tables.lookups():
        assert cloud.invoke(token, {"name": "ml"})


def test_a_function_that_is_not_simulated_is_said_with_the_nearest(cloud: SimulatedCloud) -> None:
    with pytest.raises(CloudRefusal) as refusal:
        cloud.invoke("aws:eks/getClusters:getClusters", {})
    assert str(refusal.value) == "not simulated, nearest: aws:eks/getCluster:getCluster"


def test_a_node_groups_launch_template_is_found_by_id_or_name(cloud: SimulatedCloud) -> None:
    made, outputs = cloud.create(TEMPLATE, "t4", {"description": "GPU nodes"})
    for wanted in ({"id": made}, {"name": outputs["name"]}):
        assert cloud.launch_template({"launchTemplate": wanted}) == {"description": "GPU nodes"}
    assert cloud.launch_template({}) is None


def test_a_successor_stands_beside_the_one_it_replaces(cloud: SimulatedCloud) -> None:
    first, _ = cloud.create("aws:kms/key:Key", "secrets", {"description": "a"})
    second, _ = cloud.create("aws:kms/key:Key", "secrets", {"description": "b"})
    assert first != second
    cloud.delete("aws:kms/key:Key", first)
    found = cloud.read("aws:kms/key:Key", second)
    assert found is not None
    assert found.outputs["description"] == "b"


def test_a_made_up_name_is_kept_by_a_change_and_drawn_anew_by_a_replacement() -> None:
    inputs = {"assumeRolePolicy": "{}"}
    first = named(ROLE, "nodes", inputs, {}, b"one")
    assert named(ROLE, "nodes", inputs, first, b"two") == first
    assert named(ROLE, "nodes", inputs, {}, b"two")["name"] != first["name"]
    mine = named(ROLE, "nodes", {**inputs, "name": "mine"}, first)
    assert mine["name"] == "mine"
    assert has_fixed_name(ROLE, mine)
    assert not has_fixed_name(ROLE, first)
