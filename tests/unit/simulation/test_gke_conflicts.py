"""What the simulated GKE refuses of a pool's machines, and what it makes of those that it takes."""

from typing import Any

import pytest

from gpuplane.kubernetes import quantity
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.nodes.pool_resources import GKE_NODE_POOL, pool_nodes
from gpuplane.simulation.resource import CloudRefusal


def pool(machine: str = "g2-standard-8", accelerator: str = "nvidia-l4", count: int = 1, **more: Any) -> dict[str, Any]:
    asked = {"type": accelerator, "count": count, **more.pop("accelerators", {})}
    config = {"machineType": machine, "guestAccelerators": [asked], **more.pop("config", {})}
    return {"cluster": "ml", "location": "us-central1", "name": "l4", "nodeConfig": config, **more}


def ultra(**more: Any) -> dict[str, Any]:
    return pool("a3-ultragpu-8g", "nvidia-h200-141gb", 8, **more)


def said(inputs: dict[str, Any]) -> list[str]:
    try:
        SimulatedCloud("127.0.0.1:6443", "Q0E=").create(GKE_NODE_POOL, "l4", inputs)
    except CloudRefusal as refusal:
        return [str(problem) for problem in refusal.problems]
    return []


SHARING = "nodeConfig.guestAccelerators[0].gpuSharingConfig"
ADDITIONAL = {"networkConfig": {"additionalNodeNetworkConfigs": [{"network": "a", "subnetwork": "b"}]}}

REFUSED = [
    (
        pool(config={"diskType": "pd-standard"}),
        "nodeConfig.diskType: [pd-standard] features are not compatible for creating instance, g2-standard-8 takes "
        "pd-balanced, pd-ssd",
    ),
    (
        pool(config={"ephemeralStorageLocalSsdConfig": {"localSsdCount": 3}}),
        "nodeConfig.ephemeralStorageLocalSsdConfig.localSsdCount: unsupported number of local SSDs for g2-standard-8, "
        "got 3, allowed: 1",
    ),
    (
        pool("g4-standard-6", "nvidia-rtx-pro-6000", config={"localNvmeSsdBlockConfig": {"localSsdCount": 1}}),
        "nodeConfig.localNvmeSsdBlockConfig.localSsdCount: unsupported number of local SSDs for g4-standard-6, got 1, "
        "allowed: none",
    ),
    (
        pool(accelerators={"gpuSharingConfig": {"gpuSharingStrategy": "MPS", "maxSharedClientsPerGpu": 49}}),
        f"{SHARING}.maxSharedClientsPerGpu: must be from 2 to 48, got 49",
    ),
    (
        pool(accelerators={"gpuSharingConfig": {"gpuSharingStrategy": "TURNS", "maxSharedClientsPerGpu": 2}}),
        f"{SHARING}.gpuSharingStrategy: must be TIME_SHARING or MPS",
    ),
    (ultra(config={"gvnic": {"enabled": False}}), "nodeConfig.gvnic.enabled: must be true on a3-ultragpu-8g"),
    (
        pool(**ADDITIONAL, config={"gvnic": {"enabled": False}}),
        "nodeConfig.gvnic.enabled: must be true with additionalNodeNetworkConfigs",
    ),
    (
        ultra(networkConfig={**ADDITIONAL["networkConfig"], "acceleratorNetworkProfile": "auto"}),
        "networkConfig.additionalNodeNetworkConfigs: must be left out with acceleratorNetworkProfile auto",
    ),
    (pool(config={"maxRunDuration": "29s"}), "nodeConfig.maxRunDuration: must be from 30s to 10368000s, got '29s'"),
    (pool(config={"maxRunDuration": "1h"}), "nodeConfig.maxRunDuration: must be from 30s to 10368000s, got '1h'"),
    (
        pool(config={"maxRunDuration": "604801s", "flexStart": True}, management={"autoRepair": False}),
        "nodeConfig.maxRunDuration: must be from 30s to 604800s, got '604801s'",
    ),
    (pool(maxPodsPerNode=300), "maxPodsPerNode: must be from 8 to 256, got 300"),
    (
        pool(nodeLocations=["us-east1-b"]),
        "nodeLocations[0]: googleapi: Error 400: us-east1-b is not a zone of the cluster's region us-central1",
    ),
    (
        pool(config={"reservationAffinity": {"consumeReservationType": "SPECIFIC_RESERVATION"}}),
        "nodeConfig.reservationAffinity.values: required with SPECIFIC_RESERVATION, got nothing",
    ),
    (
        pool(config={"reservationAffinity": {"consumeReservationType": "ANY_RESERVATION", "values": ["ours"]}}),
        "nodeConfig.reservationAffinity.values: must be left out with ANY_RESERVATION",
    ),
    (pool(config={"tags": ["-x"]}), "nodeConfig.tags[0]: must match [a-z]([-a-z0-9]{0,61}[a-z0-9])?, got '-x'"),
    (
        pool(config={"resourceLabels": {"Team": "x"}}),
        "nodeConfig.resourceLabels['Team']: not in the syntax of Google Cloud labels, got 'x'",
    ),
    (
        pool(config={"taints": [{"key": "team", "value": "a", "effect": "NoSchedule"}]}),
        "nodeConfig.taints[0].effect: must be one of NO_SCHEDULE, PREFER_NO_SCHEDULE, NO_EXECUTE, got 'NoSchedule'",
    ),
    (
        pool(config={"taints": [{"key": "team", "value": value, "effect": "NO_EXECUTE"} for value in "ab"]}),
        "nodeConfig.taints[1]: duplicate, got team:NO_EXECUTE, fix: remove it",
    ),
    (
        pool(
            placementPolicy={"type": "COMPACT"},
            nodeLocations=["us-central1-a"],
            config={"flexStart": True},
            management={"autoRepair": False},
        ),
        "placementPolicy.type: must not be COMPACT with flexStart but on a3-ultragpu-8g and a4-highgpu-8g, "
        "fix: leave one of them out",
    ),
]


@pytest.mark.parametrize(("inputs", "message"), REFUSED, ids=[message[:70] for _, message in REFUSED])
def test_gke_refuses(inputs: dict[str, Any], message: str) -> None:
    assert said(inputs) == [message]


SPECIFIC = {
    "consumeReservationType": "SPECIFIC_RESERVATION",
    "values": ["projects/pool/reservations/ours/reservationBlocks/b1"],
}


@pytest.mark.parametrize(
    ("inputs", "labels"),
    [
        (
            pool(config={"flexStart": True, "maxRunDuration": "3600s"}),
            {"gke-provisioning": "flex-start", "gke-flex-start": "true", "gke-max-run-duration-seconds": "3600"},
        ),
        (pool(config={"reservationAffinity": SPECIFIC}), {"reservation-name": "ours"}),
        (pool(placementPolicy={"type": "COMPACT", "policyName": "close"}), {"gke-placement-group": "close"}),
        (
            pool(accelerators={"gpuSharingConfig": {"gpuSharingStrategy": "MPS", "maxSharedClientsPerGpu": 3}}),
            {"gke-gpu-sharing-strategy": "mps", "gke-max-shared-clients-per-gpu": "3"},
        ),
        (ultra(), {"gke-boot-disk": "hyperdisk-balanced", "gke-ephemeral-storage-local-ssd": "true"}),
        (pool(config={"localNvmeSsdBlockConfig": {"localSsdCount": 1}}), {"gke-local-nvme-ssd": "true"}),
    ],
)
def test_nodes_carry_the_labels_of_how_they_are_had(inputs: dict[str, Any], labels: dict[str, str]) -> None:
    carried = pool_nodes(GKE_NODE_POOL, "l4", inputs).make(0)["metadata"]["labels"]
    wanted = {f"cloud.google.com/{key}": value for key, value in labels.items()}
    assert {key: carried.get(key) for key in wanted} == wanted


@pytest.mark.parametrize(
    ("config", "capacity_gib", "kept_gib"),
    [
        ({"ephemeralStorageLocalSsdConfig": {"localSsdCount": 1}}, 375, 50),
        ({"diskSizeGb": 1000, "localNvmeSsdBlockConfig": {"localSsdCount": 1}}, 1000, 100),
        ({"diskSizeGb": 100}, 100, 41),
    ],
)
def test_local_ssds_hold_ephemeral_storage_instead_of_the_boot_disk(
    config: dict[str, Any], capacity_gib: int, kept_gib: int
) -> None:
    status = pool_nodes(GKE_NODE_POOL, "l4", pool(config=config)).make(0)["status"]
    assert status["capacity"]["ephemeral-storage"] == f"{capacity_gib}Gi"
    left = quantity.parse(status["allocatable"]["ephemeral-storage"]) / 1024**3
    assert float(left) == pytest.approx(capacity_gib * 0.9 - kept_gib, abs=0.1)


def test_the_disks_that_a_machine_has_built_in_hold_ephemeral_storage_by_themselves() -> None:
    status = pool_nodes(GKE_NODE_POOL, "h200", ultra()).make(0)["status"]
    assert status["capacity"]["ephemeral-storage"] == f"{32 * 375}Gi"
