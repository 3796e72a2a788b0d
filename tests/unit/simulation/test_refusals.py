from typing import Any

import pytest

from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.resource import CloudRefusal

GKE_CLUSTER = "gcp:container/cluster:Cluster"
GKE_POOL = "gcp:container/nodePool:NodePool"
EKS_CLUSTER = "aws:eks/cluster:Cluster"
EKS_GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

T4 = {"type": "nvidia-tesla-t4", "count": 1}
SCALING = {"minSize": 0, "desiredSize": 0, "maxSize": 2}


def gke_pool(machine: str | None = "n1-standard-8", accelerator: dict[str, Any] | None = T4, **more: Any) -> Any:
    config = {
        **({"machineType": machine} if machine else {}),
        **({"guestAccelerators": [accelerator]} if accelerator else {}),
        **more.pop("config", {}),
    }
    return {"cluster": "ml", "location": "us-central1", "name": "t4", "nodeConfig": config, **more}


def eks_group(machine: str = "g4dn.xlarge", ami: str = "AL2023_x86_64_NVIDIA", **more: Any) -> Any:
    return {
        "clusterName": "ml",
        "nodeGroupName": "t4",
        "nodeRoleArn": "arn:aws:iam::123456789012:role/nodes",
        "subnetIds": ["subnet-1"],
        "instanceTypes": [machine],
        "amiType": ami,
        "scalingConfig": SCALING,
        **more,
    }


def said(token: str, inputs: dict[str, Any], name: str = "t4", cloud: SimulatedCloud | None = None) -> list[str]:
    try:
        (cloud or SimulatedCloud("127.0.0.1:6443", "Q0E=")).create(token, name, inputs)
    except CloudRefusal as refusal:
        return [str(problem) for problem in refusal.problems]
    return []


EKS_TWO_PLACES = (
    "instanceTypes: InvalidRequestException: Cannot specify instance types in launch template and API request, "
    "fix: leave instanceTypes out"
)

GKE_RULES = [
    (
        gke_pool("n1-standard-9"),
        (
            'nodeConfig.machineType: googleapi: Error 400: Invalid machine type "n1-standard-9" in zone "us-central1": '
            "GCE_NOT_FOUND, unknown gke machine type, got 'n1-standard-9', nearest: n1-standard-"
        ),
    ),
    (
        gke_pool(None),
        (
            "nodeConfig.machineType: googleapi: Error 400: Cannot use default machine type (e2-medium) with GPUs, "
            "fix: choose a different machine type"
        ),
    ),
    (
        gke_pool("g2-standard-8"),
        (
            "nodeConfig.guestAccelerators[0].type: [nvidia-tesla-t4, g2-standard-8] features are not compatible for "
            "creating instance, cannot be attached to g2-standard-8, got 'nvidia-tesla-t4', allowed: N1 machines"
        ),
    ),
    (
        gke_pool(accelerator={**T4, "gpuPartitionSize": "1g.5gb"}),
        (
            "nodeConfig.guestAccelerators[0].gpuPartitionSize: unknown MIG profile of nvidia-tesla-t4, got '1g.5gb', "
            "allowed: none"
        ),
    ),
    (
        gke_pool("g2-standard-8", {"type": "nvidia-l4", "count": 2}),
        "nodeConfig.guestAccelerators[0].count: must be what g2-standard-8 has built in, got 2, allowed: 1",
    ),
    (
        gke_pool(autoscaling={"totalMinNodeCount": 3, "totalMaxNodeCount": 2}),
        "autoscaling.totalMinNodeCount: must be at most totalMaxNodeCount, got 3, totalMaxNodeCount is 2",
    ),
    (
        gke_pool(autoscaling={"minNodeCount": 3, "maxNodeCount": 2}),
        "autoscaling.minNodeCount: must be at most maxNodeCount, got 3, maxNodeCount is 2",
    ),
    (
        gke_pool(config={"labels": {"cloud.google.com/gke-nodepool": "x"}}),
        (
            "nodeConfig.labels['cloud.google.com/gke-nodepool']: googleapi: Error 400: Node labels with key "
            '"cloud.google.com/gke-nodepool" are managed by GKE or Kubernetes and must not be manually specified, '
            "fix: use a prefix of your own"
        ),
    ),
    (
        gke_pool(config={"labels": {"node-role.kubernetes.io/gpu": "x"}}),
        (
            "nodeConfig.labels['node-role.kubernetes.io/gpu']: googleapi: Error 400: Node labels with key "
            '"node-role.kubernetes.io/gpu" are managed by GKE or Kubernetes and must not be manually specified, '
            "fix: use a prefix of your own"
        ),
    ),
    (
        gke_pool(name="T4_pool"),
        (
            "name: must be lower-case letters, digits and hyphens, a letter first, no hyphen last, at most 40 "
            "characters, got 'T4_pool'"
        ),
    ),
]


@pytest.mark.parametrize(("inputs", "message"), GKE_RULES)
def test_gke_refuses_a_node_pool(inputs: dict[str, Any], message: str) -> None:
    found = said(GKE_POOL, inputs)
    assert len(found) == 1
    assert found[0].startswith(message)


COMPACT: dict[str, Any] = {"placementPolicy": {"type": "COMPACT"}}
ONE_ZONE: dict[str, Any] = {"nodeLocations": ["us-central1-a"]}
QUEUED: dict[str, Any] = {"queuedProvisioning": {"enabled": True}}
NO_REPAIR: dict[str, Any] = {"management": {"autoRepair": False}}
RESERVED: dict[str, Any] = {"reservationAffinity": {"consumeReservationType": "ANY_RESERVATION"}}
RESERVATION = "nodeConfig.reservationAffinity.consumeReservationType"


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (
            gke_pool(**COMPACT),
            "placementPolicy.type: must not be COMPACT in several zones, fix: one zone in nodeLocations",
        ),
        (
            gke_pool(**COMPACT, **ONE_ZONE, upgradeSettings={"strategy": "BLUE_GREEN"}),
            ("placementPolicy.type: must not be COMPACT with blue-green upgrades, fix: upgradeSettings.strategy SURGE"),
        ),
        (
            gke_pool(**COMPACT, **ONE_ZONE, **QUEUED),
            "placementPolicy.type: must not be COMPACT with queued provisioning, fix: leave one of them out",
        ),
        (gke_pool(**QUEUED, config=RESERVED), f"{RESERVATION}: must be NO_RESERVATION with queued provisioning"),
        (
            gke_pool(**NO_REPAIR, config={**RESERVED, "flexStart": True}),
            f"{RESERVATION}: must be NO_RESERVATION with flexStart",
        ),
        (gke_pool(config={**RESERVED, "spot": True}), f"{RESERVATION}: must be NO_RESERVATION with spot"),
        (
            gke_pool(**QUEUED, autoscaling={"totalMinNodeCount": 1, "totalMaxNodeCount": 2}),
            "autoscaling.totalMinNodeCount: must be 0 with queued provisioning",
        ),
        (
            gke_pool(**QUEUED, config={"spot": True}),
            "nodeConfig.spot: must not be set with queued provisioning, fix: leave one of them out",
        ),
        (
            gke_pool(**NO_REPAIR, config={"spot": True, "flexStart": True}),
            "nodeConfig.spot: must not be set with flexStart, fix: leave one of them out",
        ),
        (gke_pool(config={"flexStart": True}), "management.autoRepair: must be false with flexStart"),
        (
            gke_pool(**NO_REPAIR, nodeCount=2, config={"flexStart": True}),
            "nodeCount: must not be set with flexStart, fix: autoscaling",
        ),
        (
            gke_pool(
                config={
                    "ephemeralStorageLocalSsdConfig": {"localSsdCount": 1},
                    "localNvmeSsdBlockConfig": {"localSsdCount": 1},
                }
            ),
            (
                "nodeConfig.ephemeralStorageLocalSsdConfig: must not be set with localNvmeSsdBlockConfig, "
                "fix: leave one of them out"
            ),
        ),
        (
            gke_pool(config={"secondaryBootDisks": [{"diskImage": "models"}]}),
            "nodeConfig.secondaryBootDisks: must have image streaming, fix: gcfsConfig.enabled true",
        ),
        (
            gke_pool(config={"fastSocket": {"enabled": True}}),
            "nodeConfig.fastSocket: must have gVNIC, fix: gvnic.enabled true",
        ),
        (
            gke_pool(config={"gcfsConfig": {"enabled": True}, "imageType": "UBUNTU_CONTAINERD"}),
            (
                "nodeConfig.gcfsConfig: must have the image type COS_CONTAINERD for image streaming, "
                "fix: imageType COS_CONTAINERD"
            ),
        ),
        (
            gke_pool(autoscaling={"totalMaxNodeCount": 2, "maxNodeCount": 1}),
            "autoscaling: must not have total and per-zone limits, fix: leave one pair out",
        ),
        (
            gke_pool(upgradeSettings={"maxSurge": 0, "maxUnavailable": 0}),
            "upgradeSettings: must have maxSurge and maxUnavailable of 1 to 20 together, got 0",
        ),
        (
            gke_pool(upgradeSettings={"maxSurge": 20, "maxUnavailable": 1}),
            "upgradeSettings: must have maxSurge and maxUnavailable of 1 to 20 together, got 21",
        ),
    ],
)
def test_gke_refuses_settings_that_exclude_each_other(inputs: dict[str, Any], message: str) -> None:
    assert said(GKE_POOL, inputs) == [message]


@pytest.mark.parametrize("key", ["node.kubernetes.io/pool", "team", "nvidia.com/gpu.present", "example.com/a"])
def test_labels_of_ones_own_are_taken_by_both_clouds(key: str) -> None:
    assert said(GKE_POOL, gke_pool(config={"labels": {key: "x"}})) == []
    assert said(EKS_GROUP, eks_group(labels={key: "x"})) == []


EKS_RULES = [
    (
        eks_group("g4dn.xlage"),
        (
            "instanceTypes[0]: InvalidParameterException: The following supplied instance types do not exist: "
            "[g4dn.xlage], unknown eks machine type, got 'g4dn.xlage', nearest: g4dn.xlarge, "
        ),
    ),
    (
        eks_group(ami="AL2023_ARM_64_NVIDIA"),
        (
            "amiType: InvalidParameterException: [g4dn.xlarge] is not a valid instance type for requested amiType "
            "AL2023_ARM_64_NVIDIA, fix: amiType AL2023_x86_64_NVIDIA"
        ),
    ),
    (
        eks_group("m6i.large"),
        (
            "amiType: InvalidParameterException: [m6i.large] is not a valid instance type for requested amiType "
            "AL2023_x86_64_NVIDIA, fix: amiType AL2023_x86_64_STANDARD"
        ),
    ),
    (
        eks_group(ami="BOTTLEROCKET_x86_64"),
        (
            "amiType: must have NVIDIA's driver for the GPUs of g4dn.xlarge, got BOTTLEROCKET_x86_64, "
            "fix: amiType BOTTLEROCKET_x86_64_NVIDIA"
        ),
    ),
    (
        eks_group(ami="AL2023_x86_64_NVIDA"),
        "amiType: unknown AMI type, got 'AL2023_x86_64_NVIDA', nearest: AL2023_x86_64_NVIDIA",
    ),
    (
        eks_group(scalingConfig={"minSize": 2, "desiredSize": 1, "maxSize": 3}),
        (
            "scalingConfig.minSize: InvalidParameterException: Minimum capacity 2 can't be greater than desired size "
            "1, fix: raise desiredSize to 2"
        ),
    ),
    (
        eks_group(scalingConfig={"minSize": 0, "desiredSize": 3, "maxSize": 2}),
        (
            "scalingConfig.desiredSize: InvalidParameterException: desiredSize can't be greater than maxSize, got 3, "
            "maxSize is 2, fix: raise maxSize or lower desiredSize"
        ),
    ),
    (
        eks_group(labels={"eks.amazonaws.com/team": "x"}),
        (
            "labels['eks.amazonaws.com/team']: InvalidParameterException: Label cannot contain reserved prefixes "
            "[kubernetes.io/, k8s.io/, eks.amazonaws.com/], fix: use a prefix of your own"
        ),
    ),
    (
        eks_group(nodeGroupName="t4 pool"),
        (
            "nodeGroupName: must be letters, digits, hyphens and underscores, a letter or digit first, at most 63 "
            "characters, got 't4 pool'"
        ),
    ),
]


@pytest.mark.parametrize(("inputs", "message"), EKS_RULES)
def test_eks_refuses_a_node_group(inputs: dict[str, Any], message: str) -> None:
    found = said(EKS_GROUP, inputs)
    assert len(found) == 1
    assert found[0].startswith(message)


def test_eks_refuses_instance_types_in_two_places() -> None:
    cloud = SimulatedCloud("127.0.0.1:6443", "Q0E=")
    template, _ = cloud.create(TEMPLATE, "t4", {"instanceType": "g4dn.xlarge"})
    inputs = eks_group(launchTemplate={"id": template, "version": "1"})
    assert said(EKS_GROUP, inputs, cloud=cloud) == [EKS_TWO_PLACES]
    assert said(EKS_GROUP, {**inputs, "instanceTypes": None}, cloud=cloud) == []


def test_a_pool_of_a_cluster_that_is_not_there_is_refused_once_the_program_makes_clusters() -> None:
    cloud = SimulatedCloud("127.0.0.1:6443", "Q0E=")
    assert said(GKE_POOL, gke_pool(), cloud=cloud) == []
    cloud.create(GKE_CLUSTER, "ml", {"name": "ml-prod", "location": "us-central1", "project": "acme"})
    assert said(GKE_POOL, gke_pool(name="other", cluster="ml-prd", project="acme"), cloud=cloud) == [
        "cluster: googleapi: Error 404: Not found: projects/acme/locations/us-central1/clusters/ml-prd, fix: ml-prod"
    ]
    assert said(GKE_POOL, gke_pool(name="third", cluster="ml-prod"), cloud=cloud) == []


def test_a_node_group_of_a_cluster_that_is_not_there_is_refused_once_the_program_makes_clusters() -> None:
    cloud = SimulatedCloud("127.0.0.1:6443", "Q0E=")
    cloud.create(EKS_CLUSTER, "ml", {"name": "ml", "roleArn": "arn", "vpcConfig": {"subnetIds": ["a", "b"]}})
    assert said(EKS_GROUP, eks_group(clusterName="nl"), cloud=cloud) == [
        "clusterName: ResourceNotFoundException: No cluster found for name: nl, fix: ml"
    ]
    assert said(EKS_GROUP, eks_group(), cloud=cloud) == []


@pytest.mark.parametrize(
    ("token", "name", "inputs", "message"),
    [
        (
            "gcp:serviceaccount/account:Account",
            "nodes",
            {"accountId": "t4"},
            (
                "accountId: must be 6 to 30 lower-case letters, digits and hyphens, a letter first, no hyphen last, "
                "got 't4'"
            ),
        ),
        (
            GKE_CLUSTER,
            "a-cluster-whose-name-is-far-too-long-for-gke",
            {},
            (
                "name: must be lower-case letters, digits and hyphens, a letter first, no hyphen last, at most 40 "
                "characters, got 'a-cluster-whose-name-is-far-too-long-for-gke-"
            ),
        ),
        (
            "aws:iam/role:Role",
            "x" * 60,
            {"assumeRolePolicy": "{}"},
            f"name: must be letters, digits and +=,.@_-, at most 64 characters, got '{'x' * 60}-",
        ),
    ],
)
def test_a_name_that_the_cloud_does_not_take_is_refused(
    token: str, name: str, inputs: dict[str, Any], message: str
) -> None:
    (found,) = said(token, inputs, name)
    assert found.startswith(message)


def test_a_second_resource_of_the_same_name_is_refused() -> None:
    cloud = SimulatedCloud("127.0.0.1:6443", "Q0E=")
    assert said(EKS_GROUP, eks_group(), cloud=cloud) == []
    assert said(EKS_GROUP, eks_group(), cloud=cloud) == [
        "nodeGroupName: resource - ml:t4 - already exists, fix: another name, or delete the old one first"
    ]
