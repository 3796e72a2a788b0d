"""What GKE is asked for, feature by feature."""

from typing import Any

import pytest

from gpuplane.nodepools.gke.args import GkeGpuNodePoolArgs
from gpuplane.nodepools.gke.facts import facts
from gpuplane.nodepools.gke.inputs import pool_inputs
from gpuplane.nodepools.gke.naming import name_problems
from gpuplane.plain.nested import field

PLACE = {"cluster": "ml", "project": "acme", "location": "us-central1"}
L4 = {**PLACE, "machine_type": "g2-standard-8", "max_nodes": 2}
A100 = {"machine_type": "a2-highgpu-2g"}
MEGA = {"machine_type": "a3-megagpu-8g"}
NO_RESERVATION = {"consumeReservationType": "NO_RESERVATION"}
NETWORKS = [{"network": f"net-{index}", "subnetwork": f"sub-{index}"} for index in range(8)]
ABSENT = None


def inputs(**changes: Any) -> dict[str, Any]:
    return pool_inputs(GkeGpuNodePoolArgs.parse("pool", {**L4, **changes}), "nodes@acme.iam.gserviceaccount.com")


ASKED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"nodeConfig.spot": False, "nodeConfig.flexStart": ABSENT, "nodeConfig.reservationAffinity": ABSENT}),
    ({}, {"autoscaling": {"totalMinNodeCount": 0, "totalMaxNodeCount": 2, "locationPolicy": "BALANCED"}}),
    ({}, {"management": {"autoRepair": True, "autoUpgrade": True}}),
    ({}, {"upgradeSettings": {"strategy": "SURGE", "maxSurge": 0, "maxUnavailable": 1}}),
    ({}, {"nodeDrainConfigs": [{"respectPdbDuringNodePoolDeletion": True}]}),
    ({}, {"nodeConfig.workloadMetadataConfig": {"mode": "GKE_METADATA"}}),
    ({}, {"nodeConfig.shieldedInstanceConfig": {"enableSecureBoot": True, "enableIntegrityMonitoring": True}}),
    ({"secure_boot": False}, {"nodeConfig.shieldedInstanceConfig.enableSecureBoot": False}),
    ({}, {"nodeConfig.kubeletConfig": {"insecureKubeletReadonlyPortEnabled": "FALSE"}}),
    ({}, {"nodeConfig.taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}]}),
    (
        {"taints": [{"key": "team", "value": "vision", "effect": "NoExecute"}]},
        {
            "nodeConfig.taints": [
                {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"},
                {"key": "team", "value": "vision", "effect": "NO_EXECUTE"},
            ]
        },
    ),
    ({"provisioning_model": "spot"}, {"nodeConfig.spot": True, "autoscaling.locationPolicy": "ANY"}),
    (
        {"provisioning_model": "flex-start", "max_run_seconds": 3600},
        {
            "nodeConfig.flexStart": True,
            "nodeConfig.maxRunDuration": "3600s",
            "nodeConfig.reservationAffinity": NO_RESERVATION,
            "management.autoRepair": False,
            "queuedProvisioning": ABSENT,
        },
    ),
    (
        {"provisioning_model": "queued"},
        {
            "queuedProvisioning": {"enabled": True},
            "nodeConfig.flexStart": True,
            "nodeConfig.reservationAffinity": NO_RESERVATION,
            "management.autoRepair": False,
            "autoscaling.totalMinNodeCount": 0,
            "initialNodeCount": 0,
        },
    ),
    (
        {"reservation": {"consume": "any"}},
        {
            "nodeConfig.reservationAffinity": {"consumeReservationType": "ANY_RESERVATION"},
            "autoscaling.locationPolicy": "ANY",
        },
    ),
    (
        {"reservation": {"consume": "any-then-fail"}},
        {"nodeConfig.reservationAffinity": {"consumeReservationType": "ANY_RESERVATION_THEN_FAIL"}},
    ),
    (
        {"reservation": {"consume": "none"}},
        {"nodeConfig.reservationAffinity": NO_RESERVATION, "autoscaling.locationPolicy": "BALANCED"},
    ),
    (
        {"reservation": {"name": "ours"}},
        {
            "nodeConfig.reservationAffinity": {
                "consumeReservationType": "SPECIFIC_RESERVATION",
                "key": "compute.googleapis.com/reservation-name",
                "values": ["ours"],
            }
        },
    ),
    (
        {"reservation": {"name": "ours", "project": "pool", "block": "b1"}},
        {"nodeConfig.reservationAffinity.values": ["projects/pool/reservations/ours/reservationBlocks/b1"]},
    ),
    ({"zones": ["us-central1-a"], "placement": {}}, {"placementPolicy": {"type": "COMPACT"}}),
    (
        {"zones": ["us-central1-a"], "placement": {"policy_name": "close"}},
        {"placementPolicy": {"type": "COMPACT", "policyName": "close"}},
    ),
    (
        {"zones": ["us-central1-a", "us-central1-b"], "limits_per_zone": True, "min_nodes": 1},
        {
            "autoscaling": {"minNodeCount": 1, "maxNodeCount": 2, "locationPolicy": "BALANCED"},
            "initialNodeCount": 1,
            "nodeLocations": ["us-central1-a", "us-central1-b"],
        },
    ),
    (
        {"zones": ["us-central1-a", "us-central1-b"], "min_nodes": 3, "max_nodes": 3, "location_policy": "any"},
        {"initialNodeCount": 1, "autoscaling.locationPolicy": "ANY"},
    ),
    (
        {"upgrade": {"surge": {"max_surge": 2, "max_unavailable": 0}}},
        {"upgradeSettings": {"strategy": "SURGE", "maxSurge": 2, "maxUnavailable": 0}},
    ),
    (
        {"upgrade": {"blue_green": {"batch_percent": 25, "batch_soak_seconds": 60}}},
        {
            "upgradeSettings": {
                "strategy": "BLUE_GREEN",
                "blueGreenSettings": {
                    "nodePoolSoakDuration": "3600s",
                    "standardRolloutPolicy": {"batchPercentage": 0.25, "batchSoakDuration": "60s"},
                },
            }
        },
    ),
    (
        {"upgrade": {"blue_green": {}}},
        {"upgradeSettings.blueGreenSettings.standardRolloutPolicy.batchNodeCount": 1},
    ),
    ({"repair": False}, {"management.autoRepair": False}),
    (
        {"drain": {"respect_pdb_on_deletion": False, "pdb_timeout_seconds": 600, "grace_seconds": 300}},
        {
            "nodeDrainConfigs": [
                {
                    "respectPdbDuringNodePoolDeletion": False,
                    "pdbTimeoutDuration": "600s",
                    "graceTerminationDuration": "300s",
                }
            ]
        },
    ),
    ({}, {"nodeConfig.gvnic": {"enabled": True}, "nodeConfig.fastSocket": ABSENT, "networkConfig": ABSENT}),
    ({"network": {"fast_socket": True}}, {"nodeConfig.fastSocket": {"enabled": True}}),
    (
        {**MEGA, "network": {"additional_networks": NETWORKS, "private_nodes": True, "pod_range": "gpu-pods"}},
        {
            "networkConfig": {
                "additionalNodeNetworkConfigs": NETWORKS,
                "enablePrivateNodes": True,
                "podRange": "gpu-pods",
            }
        },
    ),
    ({**MEGA, "network": {"accelerator_profile": True}}, {"networkConfig": {"acceleratorNetworkProfile": "auto"}}),
    ({}, {"nodeConfig.gcfsConfig": {"enabled": True}, "nodeConfig.imageType": "COS_CONTAINERD"}),
    ({"image_streaming": False}, {"nodeConfig.gcfsConfig": {"enabled": False}}),
    (
        {"secondary_boot_disks": [{"image": "images"}, {"image": "models", "mode": "data"}]},
        {
            "nodeConfig.secondaryBootDisks": [
                {"diskImage": "images", "mode": "CONTAINER_IMAGE_CACHE"},
                {"diskImage": "models"},
            ]
        },
    ),
    (
        {"local_ssd": {"ephemeral": 1}},
        {
            "nodeConfig.ephemeralStorageLocalSsdConfig": {"localSsdCount": 1},
            "nodeConfig.localNvmeSsdBlockConfig": ABSENT,
        },
    ),
    (
        {"local_ssd": {"raw_block": 1}},
        {
            "nodeConfig.localNvmeSsdBlockConfig": {"localSsdCount": 1},
            "nodeConfig.ephemeralStorageLocalSsdConfig": ABSENT,
        },
    ),
    ({"disk_gib": 500}, {"nodeConfig.diskSizeGb": 500, "nodeConfig.diskType": "pd-balanced"}),
    ({"disk_type": "pd-ssd", "disk_kms_key": "k"}, {"nodeConfig.diskType": "pd-ssd", "nodeConfig.bootDiskKmsKey": "k"}),
    ({"machine_type": "g4-standard-48"}, {"nodeConfig.diskType": "hyperdisk-balanced"}),
    (
        {
            "kubelet": {
                "cpu_manager": "static",
                "memory_manager": "static",
                "topology_manager": "single-numa-node",
                "topology_scope": "pod",
            }
        },
        {
            "nodeConfig.kubeletConfig": {
                "insecureKubeletReadonlyPortEnabled": "FALSE",
                "cpuManagerPolicy": "static",
                "memoryManager": {"policy": "Static"},
                "topologyManager": {"policy": "single-numa-node", "scope": "pod"},
            }
        },
    ),
    ({"max_pods": 32}, {"maxPodsPerNode": 32}),
    ({"tags": ["gpus"], "resource_labels": {"team": "vision"}}, {"nodeConfig.tags": ["gpus"]}),
    ({"resource_labels": {"team": "vision"}}, {"nodeConfig.resourceLabels": {"team": "vision"}}),
    ({"labels": {"team": "vision"}}, {"nodeConfig.labels": {"team": "vision"}}),
    (
        {"driver": "disabled"},
        {
            "nodeConfig.labels": {
                "gke-no-default-nvidia-gpu-device-plugin": "true",
                "nvidia.com/gpu.present": "true",
            }
        },
    ),
]


@pytest.mark.parametrize(("changes", "wanted"), ASKED, ids=[str(changes or wanted)[:70] for changes, wanted in ASKED])
def test_gke_is_asked_for(changes: dict[str, Any], wanted: dict[str, Any]) -> None:
    made = inputs(**changes)
    assert {path: field(made, path) for path in wanted} == wanted


@pytest.mark.parametrize(
    ("changes", "accelerator"),
    [
        ({}, {"gpuDriverInstallationConfig": {"gpuDriverVersion": "DEFAULT"}}),
        ({"driver": "latest"}, {"gpuDriverInstallationConfig": {"gpuDriverVersion": "LATEST"}}),
        ({"driver": "disabled"}, {"gpuDriverInstallationConfig": {"gpuDriverVersion": "INSTALLATION_DISABLED"}}),
        (
            {"sharing": {"strategy": "time-sharing", "max_clients": 4}},
            {"gpuSharingConfig": {"gpuSharingStrategy": "TIME_SHARING", "maxSharedClientsPerGpu": 4}},
        ),
        (
            {"sharing": {"strategy": "mps", "max_clients": 2}},
            {"gpuSharingConfig": {"gpuSharingStrategy": "MPS", "maxSharedClientsPerGpu": 2}},
        ),
        ({**A100, "sharing": {"partition_size": "1g.5gb"}}, {"gpuPartitionSize": "1g.5gb"}),
        (
            {**A100, "sharing": {"partition_size": "3g.20gb", "strategy": "time-sharing", "max_clients": 2}},
            {
                "gpuPartitionSize": "3g.20gb",
                "gpuSharingConfig": {"gpuSharingStrategy": "TIME_SHARING", "maxSharedClientsPerGpu": 2},
            },
        ),
    ],
)
def test_the_accelerator_is_asked_for(changes: dict[str, Any], accelerator: dict[str, Any]) -> None:
    made = inputs(**changes)["nodeConfig"]["guestAccelerators"][0]
    kind = {"type": "nvidia-tesla-a100", "count": 2} if "machine_type" in changes else {"type": "nvidia-l4", "count": 1}
    assert made == {**kind, "gpuDriverInstallationConfig": {"gpuDriverVersion": "DEFAULT"}, **accelerator}


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        ({}, {"gpus_per_node": 1, "max_gpus_per_container": None, "selector": {}, "accelerator_memory_mib": 22888}),
        (
            {"sharing": {"strategy": "time-sharing", "max_clients": 4}},
            {
                "gpus_per_node": 4,
                "physical_gpus_per_node": 1,
                "max_gpus_per_container": 1,
                "resource_name": "nvidia.com/gpu",
                "selector": {
                    "cloud.google.com/gke-gpu-sharing-strategy": "time-sharing",
                    "cloud.google.com/gke-max-shared-clients-per-gpu": "4",
                },
            },
        ),
        (
            {"sharing": {"strategy": "mps", "max_clients": 4}},
            {"gpus_per_node": 4, "max_gpus_per_container": None, "accelerator_memory_mib": 5722},
        ),
        (
            {"machine_type": "g2-standard-24", "sharing": {"strategy": "mps", "max_clients": 4}},
            {"gpus_per_node": 8, "max_gpus_per_container": 1},
        ),
        (
            {**A100, "sharing": {"partition_size": "1g.5gb"}},
            {
                "gpus_per_node": 14,
                "physical_gpus_per_node": 2,
                "max_gpus_per_container": 1,
                "accelerator_memory_mib": 5120,
                "mig_profile": "1g.5gb",
                "selector": {"cloud.google.com/gke-gpu-partition-size": "1g.5gb"},
            },
        ),
        (
            {"zones": ["us-central1-a", "us-central1-b"], "limits_per_zone": True, "min_nodes": 1},
            {"min_nodes": 2, "max_nodes": 4},
        ),
        (
            {"provisioning_model": "queued", "taints": [{"key": "team"}]},
            {
                "queued": True,
                "taints": [
                    {"key": "cloud.google.com/gke-queued", "value": "true", "effect": "NoSchedule"},
                    {"key": "team", "value": "", "effect": "NoSchedule"},
                ],
            },
        ),
        ({"provisioning_model": "flex-start"}, {"queued": False}),
        ({"driver": "disabled", "labels": {"team": "vision"}}, {"advertiser": "nvidia-device-plugin"}),
        ({"labels": {"team": "vision"}}, {"advertiser": "gke", "labels": {"team": "vision"}}),
        (
            {"machine_type": "a4x-highgpu-4g", "reservation": {"name": "ours"}},
            {"architecture": "arm64", "gpus_per_node": 4},
        ),
    ],
)
def test_a_pool_tells_workloads(changes: dict[str, Any], known: dict[str, Any]) -> None:
    told = facts("it", GkeGpuNodePoolArgs.parse("pool", {**L4, **changes}))
    assert {name: getattr(told, name) for name in known} == known


@pytest.mark.parametrize("name", ["t4", "a", "l4-" + "x" * 24])
def test_a_pool_may_be_called(name: str) -> None:
    assert list(name_problems(name)) == []


@pytest.mark.parametrize("name", ["T4", "4t", "t4-", "t_4", "", "l4-" + "x" * 25])
def test_a_pool_may_not_be_called(name: str) -> None:
    assert [problem.message for problem in name_problems(name)] == [
        "must be named with lower-case letters, digits and hyphens, a letter first, no hyphen last, "
        f"at most 27 characters, got {name!r}"
    ]
