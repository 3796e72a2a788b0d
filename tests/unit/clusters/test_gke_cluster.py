"""A new GKE cluster: what it is asked for, and what it is refused for."""

from typing import Any

import pytest

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.clusters.gke.args import GkeClusterArgs
from gpuplane.clusters.gke.inputs import maintenance_inputs
from gpuplane.plain.nested import field
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.testing import Recorded, record
from refusals import told

ACME = {"project": "acme", "location": "us-central1"}
ANSWERS: dict[str, Any] = {
    "gcp:serviceaccount/account:Account": {"email": "nodes@acme", "member": "serviceAccount:nodes@acme"},
    "gcp:container/cluster:Cluster": {"endpoint": "10.0.0.1", "masterAuth": {"clusterCaCertificate": "Q0E="}},
}


def made(**changes: Any) -> Recorded:
    from gpuplane import GkeCluster

    return record(lambda: GkeCluster("ml", {**ACME, **changes}), answers=ANSWERS)


def said(**changes: Any) -> list[str]:
    return told(lambda: GkeClusterArgs.parse("cluster", {**ACME, **changes}))


ASKED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"location": "us-central1", "privateClusterConfig": {"enablePrivateNodes": True}}),
    ({}, {"workloadIdentityConfig": {"workloadPool": "acme.svc.id.goog"}, "enableShieldedNodes": True}),
    ({}, {"releaseChannel": {"channel": "REGULAR"}, "maintenancePolicy": None}),
    ({"release_channel": "STABLE"}, {"releaseChannel": {"channel": "STABLE"}}),
    ({}, {"loggingConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS"]}}),
    ({}, {"monitoringConfig.managedPrometheus": {"enabled": True}}),
    ({}, {"removeDefaultNodePool": True, "deletionProtection": True, "masterAuthorizedNetworksConfig": None}),
    (
        {"authorized_networks": {"office": "203.0.113.0/24", "ci": "198.51.100.7/32"}},
        {
            "masterAuthorizedNetworksConfig": {
                "cidrBlocks": [
                    {"displayName": "ci", "cidrBlock": "198.51.100.7/32"},
                    {"displayName": "office", "cidrBlock": "203.0.113.0/24"},
                ],
                "gcpPublicCidrsAccessEnabled": False,
            }
        },
    ),
    ({"private_endpoint": True}, {"privateClusterConfig.enablePrivateEndpoint": True}),
    ({"multi_networking": True}, {"enableMultiNetworking": True, "datapathProvider": "ADVANCED_DATAPATH"}),
    ({"secrets_kms_key": "k"}, {"databaseEncryption": {"state": "ENCRYPTED", "keyName": "k"}}),
    ({"labels": {"team": "ml"}}, {"resourceLabels": {"team": "ml"}}),
    (
        {"pod_range": "pods", "service_range": "services"},
        {
            "ipAllocationPolicy": {
                "stackType": "IPV4",
                "clusterSecondaryRangeName": "pods",
                "servicesSecondaryRangeName": "services",
            }
        },
    ),
]


@pytest.mark.parametrize(("changes", "wanted"), ASKED, ids=[str(changes or wanted)[:60] for changes, wanted in ASKED])
def test_a_cluster_is_asked_for_and_taken(changes: dict[str, Any], wanted: dict[str, Any]) -> None:
    asked = made(**changes).one("Cluster", "ml-cluster").inputs
    assert {path: field(asked, path) for path in wanted} == wanted
    SimulatedCloud("127.0.0.1:6443", "Q0E=").create("gcp:container/cluster:Cluster", "ml", asked)


@pytest.mark.parametrize(
    ("maintenance", "window"),
    [
        (
            {"start": "03:30"},
            {"startTime": "2026-01-01T03:30:00Z", "endTime": "2026-01-01T07:30:00Z", "recurrence": "FREQ=DAILY"},
        ),
        (
            {"start": "22:00", "hours": 6, "days": ["sunday", "saturday"]},
            {
                "startTime": "2026-01-01T22:00:00Z",
                "endTime": "2026-01-02T04:00:00Z",
                "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
            },
        ),
    ],
)
def test_upgrades_come_when_they_may(maintenance: dict[str, Any], window: dict[str, str]) -> None:
    checked = GkeClusterArgs.parse("cluster", {**ACME, "maintenance": maintenance}).maintenance
    assert maintenance_inputs(checked) == {"maintenancePolicy": {"recurringWindow": window}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"location": "us-central1-a"}, "location: must be a region such as us-central1, got 'us-central1-a'"),
        ({"cpu_max_nodes": 0}, "cpu_max_nodes: must be at least 1, got 0"),
        (
            {"cpu_machine_type": "e2-standard-5"},
            "cpu_machine_type: unknown gke machine type, got 'e2-standard-5', "
            "nearest: e2-standard-8, e2-standard-4, e2-standard-2",
        ),
        (
            {"cpu_machine_type": "g2-standard-8"},
            "cpu_machine_type: must have no GPUs, got 'g2-standard-8' with nvidia-l4",
        ),
        (
            {"authorized_networks": {"office": "203.0.113.7/24"}},
            "authorized_networks.office: must be a block of addresses, got '203.0.113.7/24', "
            "203.0.113.7/24 has host bits set",
        ),
        ({"maintenance": {"start": "3am"}}, "maintenance.start: must be HH:MM in UTC, got '3am'"),
        ({"maintenance": {"start": "03:00", "hours": 3}}, "maintenance.hours: must be from 4 to 24, got 3"),
        (
            {"maintenance": {"start": "03:00", "days": ["sunday"]}},
            "maintenance.days: must make 48 hours in 32 days, got 18, fix: more days, or more hours",
        ),
        ({"pod_range": "pods"}, "service_range: required with pod_range, got nothing"),
    ],
)
def test_a_cluster_is_refused(changes: dict[str, Any], message: str) -> None:
    assert said(**changes) == [message]


def test_a_name_that_gke_does_not_take_is_told_before_anything_is_made() -> None:
    from gpuplane import GkeCluster

    with pytest.raises(InvalidArgumentsError, match="at most 40 characters, got 'ML'"):
        record(lambda: GkeCluster("ML", ACME))


def test_the_cpu_pool_is_autoscaled_and_its_counts_never_drift_back() -> None:
    cpu = made(cpu_max_nodes=5).one("NodePool")
    assert cpu.inputs["autoscaling"] == {
        "totalMinNodeCount": 1,
        "totalMaxNodeCount": 5,
        "locationPolicy": "BALANCED",
    }
    assert "nodeCount" not in cpu.inputs
    assert set(cpu.ignore_changes) == {"initialNodeCount", "nodeCount"}


def test_the_cpu_pools_nodes_are_as_closed_as_those_with_gpus() -> None:
    config = made().one("NodePool").inputs["nodeConfig"]
    assert config["serviceAccount"] == "nodes@acme"
    assert config["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}
    assert config["shieldedInstanceConfig"] == {"enableSecureBoot": True, "enableIntegrityMonitoring": True}
    assert config["kubeletConfig"] == {"insecureKubeletReadonlyPortEnabled": "FALSE"}
