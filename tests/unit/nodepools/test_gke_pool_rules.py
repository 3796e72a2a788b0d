"""What a GKE pool's arguments are refused for, in words."""

from typing import Any

import pytest

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.nodepools.gke.args import GkeGpuNodePoolArgs

L4 = {"machine_type": "g2-standard-8", "max_nodes": 2, "cluster": "ml", "project": "acme", "location": "us-central1"}
ZONE = {"zones": ["us-central1-a"]}
A100 = {"machine_type": "a2-highgpu-1g"}
MEGA = {"machine_type": "a3-megagpu-8g"}
ULTRA = {"machine_type": "a3-ultragpu-8g", "provisioning_model": "spot"}


def said(**changes: Any) -> list[str]:
    with pytest.raises(InvalidArgumentsError) as refusal:
        GkeGpuNodePoolArgs.parse("pool", {**L4, **changes})
    return [str(problem) for problem in refusal.value.problems]


def networks(many: int) -> list[dict[str, str]]:
    return [{"network": f"net-{index}", "subnetwork": f"sub-{index}"} for index in range(many)]


MACHINE = [
    (
        {"machine_type": "g2-standard-9"},
        "machine_type: unknown gke machine type, got 'g2-standard-9', nearest: g2-standard-96, g2-standard-8, "
        "g2-standard-4",
    ),
    (
        {"machine_type": "e2-standard-4"},
        "accelerator: required by e2-standard-4, which has no built-in accelerator, for example nvidia-tesla-t4",
    ),
    (
        {"accelerator": "nvidia-tesla-t4"},
        "accelerator: must be the one g2-standard-8 has built in, got 'nvidia-tesla-t4', allowed: nvidia-l4, "
        "fix: leave it out",
    ),
    (
        {"gpus_per_node": 2},
        "gpus_per_node: must be what g2-standard-8 has built in, got 2, allowed: 1, fix: leave it out",
    ),
    (
        {"machine_type": "n1-standard-64", "accelerator": "nvidia-tesla-t4"},
        "accelerator: 1 of nvidia-tesla-t4 cannot be attached to n1-standard-64 with 64 vCPUs, allowed: at most 48, "
        "fix: 4 or more of them, or a smaller machine",
    ),
]

SIZE = [
    ({"min_nodes": 3}, "min_nodes: must be from 0 to max_nodes, got 3, max_nodes is 2"),
    ({"min_nodes": -1}, "min_nodes: must be from 0 to max_nodes, got -1, max_nodes is 2"),
    ({"max_nodes": 0}, "max_nodes: must be at least 1, got 0"),
    (
        {"provisioning_model": "queued", "min_nodes": 1},
        "min_nodes: must be 0 with provisioning_model queued, got 1, fix: leave it out",
    ),
    ({"zones": []}, "zones: must not be empty, got none, fix: leave it out for the cluster's zones"),
    ({"zones": ["a"]}, "zones[0]: must be a zone such as us-central1-a, got 'a'"),
    ({"zones": ["us-central1-a"] * 2}, "zones[1]: duplicate, got 'us-central1-a', fix: remove it"),
    (
        {"zones": ["europe-west4-a"]},
        "zones[0]: must be a zone of the cluster's region us-central1, got 'europe-west4-a'",
    ),
    (
        {"limits_per_zone": True},
        "zones: required with limits_per_zone, which multiplies by the number of zones, got nothing",
    ),
    ({"placement": {}}, "zones: must be one zone with placement, got nothing"),
    ({"disk_gib": 9}, "disk_gib: must be at least 10, got 9"),
    ({"max_pods": 7}, "max_pods: must be from 8 to 256, got 7"),
    (
        {"image_streaming": False, "secondary_boot_disks": [{"image": "models"}]},
        "image_streaming: must be true with secondary_boot_disks, got False, fix: leave it out",
    ),
]

BOUGHT = [
    ({"reservation": {}}, "reservation.name: required with consume specific, got nothing"),
    (
        {"reservation": {"consume": "any", "name": "ours"}},
        "reservation.name: must be left out with consume any, got 'ours'",
    ),
    (
        {"reservation": {"name": "ours"}, "provisioning_model": "spot"},
        "reservation: must be left out with provisioning_model spot, whose nodes cannot use one, fix: "
        "provisioning_model on-demand",
    ),
    (
        {"reservation": {"name": "ours"}, "provisioning_model": "queued"},
        "reservation: must be left out with provisioning_model queued, whose nodes cannot use one, fix: "
        "provisioning_model on-demand",
    ),
    (
        {"reservation": {"name": "ours"}, "provisioning_model": "flex-start"},
        "reservation: must be left out with provisioning_model flex-start, whose nodes cannot use one, fix: "
        "provisioning_model on-demand",
    ),
    (
        {"repair": True, "provisioning_model": "flex-start"},
        "repair: must be false with provisioning_model flex-start, got True, fix: leave it out",
    ),
    (
        {"repair": True, "provisioning_model": "queued"},
        "repair: must be false with provisioning_model queued, got True, fix: leave it out",
    ),
    (
        {**ZONE, "placement": {}, "upgrade": {"blue_green": {}}},
        "upgrade.blue_green: must be left out with placement, fix: upgrade.surge",
    ),
    (
        {**ZONE, "placement": {}, "provisioning_model": "queued"},
        "placement: must be left out with provisioning_model queued, fix: provisioning_model flex-start or on-demand",
    ),
    (
        {**ZONE, "placement": {}, "provisioning_model": "flex-start"},
        "placement: must be left out with provisioning_model flex-start on g2-standard-8, "
        "allowed on: a3-ultragpu-8g, a4-highgpu-8g",
    ),
    ({"max_run_seconds": 29}, "max_run_seconds: must be from 30 to 10368000 with provisioning_model on-demand, got 29"),
    (
        {"max_run_seconds": 604801, "provisioning_model": "flex-start"},
        "max_run_seconds: must be from 30 to 604800 with provisioning_model flex-start, got 604801",
    ),
    (
        {"machine_type": "a3-ultragpu-8g"},
        "provisioning_model: a3-ultragpu-8g is not offered by on-demand, "
        "allowed: provisioning_model spot, provisioning_model flex-start, provisioning_model queued, a reservation",
    ),
    (
        {"machine_type": "a4x-highgpu-4g", "provisioning_model": "spot"},
        "provisioning_model: a4x-highgpu-4g is not offered by spot, allowed: a reservation",
    ),
    (
        {"machine_type": "a3-highgpu-1g", "reservation": {"name": "ours"}},
        "provisioning_model: a3-highgpu-1g is not offered by a reservation, "
        "allowed: provisioning_model spot, provisioning_model flex-start, provisioning_model queued",
    ),
]

SHARED = [
    (
        {"sharing": {}},
        "sharing: must not be empty, got nothing, allowed: strategy with max_clients, partition_size, or both",
    ),
    ({"sharing": {"strategy": "mps"}}, "sharing.max_clients: required with strategy mps, got nothing"),
    (
        {"sharing": {"max_clients": 4}},
        "sharing.strategy: required with max_clients, got nothing, allowed: time-sharing, mps",
    ),
    (
        {"sharing": {"strategy": "time-sharing", "max_clients": 49}},
        "sharing.max_clients: must be from 2 to 48 on nvidia-l4, got 49",
    ),
    (
        {"sharing": {"partition_size": "1g.5gb"}},
        "sharing.partition_size: unknown MIG profile of nvidia-l4, got '1g.5gb', allowed: none",
    ),
    (
        {**A100, "sharing": {"partition_size": "1g.10gb"}},
        "sharing.partition_size: unknown MIG profile of nvidia-tesla-a100, got '1g.10gb', "
        "allowed: 1g.5gb, 2g.10gb, 3g.20gb, 7g.40gb",
    ),
    (
        {"driver": "disabled", "sharing": {"strategy": "mps", "max_clients": 2}},
        "sharing: must be left out with driver disabled, which turns off the GKE plugin that shares, "
        "fix: driver default, or the sharing of NvidiaDevicePlugin",
    ),
]

DISKS = [
    (
        {"disk_type": "pd-standard"},
        "disk_type: must be a type that g2-standard-8 supports, got 'pd-standard', allowed: pd-balanced, pd-ssd",
    ),
    (
        {**ULTRA, "disk_type": "pd-balanced"},
        "disk_type: must be a type that a3-ultragpu-8g supports, got 'pd-balanced', allowed: hyperdisk-balanced",
    ),
    (
        {"local_ssd": {"ephemeral": 1, "raw_block": 1}},
        "local_ssd: must be either ephemeral or raw_block, got 1 and 1, fix: leave one of them out",
    ),
    ({"local_ssd": {}}, "local_ssd: must have ephemeral or raw_block disks, got none, fix: leave local_ssd out"),
    ({"local_ssd": {"ephemeral": -1}}, "local_ssd.ephemeral: must be at least 0, got -1"),
    (
        {"local_ssd": {"raw_block": 2}},
        "local_ssd: must be a number that g2-standard-8 supports, got 2, allowed: 1",
    ),
    (
        {"machine_type": "g4-standard-6", "local_ssd": {"ephemeral": 1}},
        "local_ssd: must be left out on g4-standard-6, which supports none",
    ),
]

NETWORK = [
    (
        {"network": {"fast_socket": True, "gvnic": False}},
        "network.gvnic: must be true with fast_socket, got False, fix: leave it out",
    ),
    (
        {**MEGA, "network": {"gvnic": False}},
        "network.gvnic: must be true on a3-megagpu-8g, got False, fix: leave it out",
    ),
    (
        {"network": {"gvnic": False, "additional_networks": networks(1)}},
        "network.gvnic: must be true with additional_networks, got False, fix: leave it out",
    ),
    (
        {**MEGA, "network": {"additional_networks": networks(2)}},
        "network.additional_networks: must be the 8 that GPUDirect of a3-megagpu-8g (tcpxo) needs, got 2, "
        "fix: set all of them, or accelerator_profile",
    ),
    (
        {**MEGA, "network": {"accelerator_profile": True, "additional_networks": networks(8)}},
        "network.additional_networks: must be left out with accelerator_profile, for which GKE creates them",
    ),
    (
        {"network": {"accelerator_profile": True}},
        "network.accelerator_profile: must be left out on g2-standard-8, which has no GPUDirect",
    ),
]

RUNNING = [
    ({"upgrade": {}}, "upgrade: must be surge or blue_green, got neither"),
    ({"upgrade": {"surge": {}, "blue_green": {}}}, "upgrade: must be surge or blue_green, got both"),
    (
        {"upgrade": {"surge": {"max_surge": 0, "max_unavailable": 0}}},
        "upgrade.surge: must have max_surge and max_unavailable of at least 0, 1 to 20 together, got 0 and 0",
    ),
    (
        {"upgrade": {"surge": {"max_surge": 20}}},
        "upgrade.surge: must have max_surge and max_unavailable of at least 0, 1 to 20 together, got 20 and 1",
    ),
    (
        {"upgrade": {"blue_green": {"batch_nodes": 1, "batch_percent": 10}}},
        "upgrade.blue_green.batch_percent: must be left out with batch_nodes, got 10, fix: set one of the two",
    ),
    (
        {"upgrade": {"blue_green": {"batch_nodes": 0}}},
        "upgrade.blue_green.batch_nodes: must be at least 1, got 0",
    ),
    (
        {"upgrade": {"blue_green": {"batch_percent": 101}}},
        "upgrade.blue_green.batch_percent: must be from 1 to 100, got 101",
    ),
    (
        {"upgrade": {"blue_green": {"pool_soak_seconds": 604801}}},
        "upgrade.blue_green.pool_soak_seconds: must be from 0 to 604800, got 604801",
    ),
    ({"drain": {"pdb_timeout_seconds": -1}}, "drain.pdb_timeout_seconds: must be at least 0, got -1"),
    (
        {"kubelet": {"topology_scope": "pod"}},
        "kubelet.topology_manager: required with topology_scope, got nothing, "
        "allowed: best-effort, restricted, single-numa-node",
    ),
    (
        {"kubelet": {"topology_scope": "pod", "topology_manager": "none"}},
        "kubelet.topology_manager: required with topology_scope, got none, "
        "allowed: best-effort, restricted, single-numa-node",
    ),
]

MARKS = [
    (
        {"labels": {"cloud.google.com/gke-spot": "true"}},
        "labels['cloud.google.com/gke-spot']: must not be set, the pool sets it, got 'true', fix: leave it out",
    ),
    (
        {"labels": {"node-role.kubernetes.io/gpu": ""}},
        "labels['node-role.kubernetes.io/gpu']: must not have a reserved prefix (kubernetes.io/, k8s.io/), "
        "fix: use a prefix of your own",
    ),
    (
        {"labels": {"team": "a b"}},
        "labels['team']: must be at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last, "
        "got 'a b'",
    ),
    (
        {"taints": [{"key": "a b"}]},
        "taints[0].key: must be at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last, "
        "optionally after a DNS name and '/', got 'a b'",
    ),
    (
        {"taints": [{"key": "nvidia.com/gpu", "value": "yes"}]},
        "taints[0].key: must not be 'nvidia.com/gpu', which every GPU pool has, fix: leave it out",
    ),
    (
        {"taints": [{"key": "team", "value": "a"}, {"key": "team", "value": "b"}]},
        "taints[1]: duplicate, got team:NoSchedule, fix: remove it",
    ),
    (
        {"resource_labels": {"Team": "vision"}},
        "resource_labels.Team: must be 1 to 63 lower-case letters, digits, hyphens and underscores, a letter first, "
        "and not start with goog",
    ),
    (
        {"resource_labels": {"team": "Vision"}},
        "resource_labels.team: must be at most 63 lower-case letters, digits, hyphens and underscores, got 'Vision'",
    ),
    (
        {"tags": ["GPUs"]},
        "tags[0]: must be 1 to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last, got 'GPUs'",
    ),
    ({"service_account": "default"}, "service_account: must be an account's e-mail address, got 'default'"),
]

RULES = [*MACHINE, *SIZE, *BOUGHT, *SHARED, *DISKS, *NETWORK, *RUNNING, *MARKS]


@pytest.mark.parametrize(("changes", "message"), RULES, ids=[message.partition(": ")[2][:60] for _, message in RULES])
def test_a_pool_is_refused(changes: dict[str, Any], message: str) -> None:
    assert said(**changes) == [message]


def test_zones_of_two_regions_are_refused_wherever_the_cluster_is() -> None:
    assert said(zones=["us-central1-a", "europe-west4-a"]) == [
        "zones: must be in one region, got europe-west4, us-central1",
        "zones[1]: must be a zone of the cluster's region us-central1, got 'europe-west4-a'",
    ]


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = said(
        machine_type="g2-standard-9", min_nodes=9, sharing={}, tags=["T"], upgrade={}, drain={"grace_seconds": -1}
    )
    assert [line.partition(":")[0] for line in found] == [
        "drain.grace_seconds",
        "machine_type",
        "min_nodes",
        "sharing",
        "tags[0]",
        "upgrade",
    ]
