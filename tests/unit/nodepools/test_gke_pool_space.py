"""Every argument set of a GKE pool: refused with a path, or taken by the simulated GKE, with nodes as its facts say."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpuplane.arguments.errors import InvalidArgumentsError, Problem
from gpuplane.hardware import BUILT_IN, Machine, PurchaseOption
from gpuplane.nodepools.gke.args import GkeGpuNodePoolArgs
from gpuplane.nodepools.gke.facts import facts
from gpuplane.nodepools.gke.inputs import pool_inputs
from gpuplane.platforms import Platform
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.nodes.node import COUNT_ANNOTATION
from gpuplane.simulation.nodes.pool_resources import GKE_NODE_POOL, pool_nodes
from gpuplane.sizing.fit import admits

PLACE = {"cluster": "ml", "project": "acme", "location": "us-central1"}
ACCOUNT = "nodes@acme.iam.gserviceaccount.com"

GPU_MACHINES = [known.name for known in BUILT_IN.machines(Platform.GKE) if known.vendor == "nvidia"]
WHOLE = [name for name in GPU_MACHINES if not BUILT_IN.machine(Platform.GKE, name).is_fractional]
ATTACHED = st.fixed_dictionaries(
    {
        "machine_type": st.sampled_from(["n1-standard-4", "n1-standard-8", "n1-standard-96", "e2-standard-4"]),
        "accelerator": st.sampled_from(["nvidia-tesla-t4", "nvidia-tesla-v100", "nvidia-l4", None]),
        "gpus_per_node": st.sampled_from([None, 1, 2, 4, 8]),
    }
)
OWN_GPUS = st.fixed_dictionaries({"machine_type": st.sampled_from(GPU_MACHINES)})
T4 = st.just({"machine_type": "n1-standard-8", "accelerator": "nvidia-tesla-t4"})
MACHINE = st.one_of(OWN_GPUS, OWN_GPUS, T4, T4, ATTACHED)

WORD = st.from_regex(r"[a-z][a-z0-9]{0,9}", fullmatch=True)
SECONDS = st.sampled_from([30, 3600, 604800, 29, 604801, 10_368_001])
NODES = st.integers(0, 11)
NETWORKS = st.sampled_from([0, 0, 1, 4, 8, 9]).map(
    lambda many: [{"network": f"net-{index}", "subnetwork": f"sub-{index}"} for index in range(many)]
)
PROFILES = ["1g.5gb", "1g.10gb", "3g.20gb", "7g.80gb", "1g.18gb", "2g.48gb", "9g.1gb"]

EXTRAS: dict[str, st.SearchStrategy[Any]] = {
    "zones": st.sampled_from(
        [["us-central1-a"], ["us-central1-a", "us-central1-f"], ["us-central1-b"], ["us-central1-a"] * 2, ["a-b-c"], []]
    ),
    "min_nodes": st.integers(0, 9),
    "limits_per_zone": st.booleans(),
    "location_policy": st.sampled_from(["balanced", "any"]),
    "provisioning_model": st.sampled_from(["on-demand", "spot", "flex-start", "queued"]),
    "reservation": st.fixed_dictionaries(
        {},
        optional={
            "consume": st.sampled_from(["any", "any-then-fail", "specific", "none"]),
            "name": WORD,
            "project": WORD,
            "block": WORD,
        },
    ),
    "placement": st.fixed_dictionaries({}, optional={"policy_name": WORD}),
    "driver": st.sampled_from(["default", "latest", "disabled"]),
    "sharing": st.fixed_dictionaries(
        {},
        optional={
            "strategy": st.sampled_from(["time-sharing", "mps"]),
            "max_clients": st.sampled_from([2, 4, 48, 49]),
            "partition_size": st.sampled_from(PROFILES),
        },
    ),
    "network": st.fixed_dictionaries(
        {},
        optional={
            "gvnic": st.booleans(),
            "fast_socket": st.booleans(),
            "additional_networks": NETWORKS,
            "accelerator_profile": st.booleans(),
            "private_nodes": st.booleans(),
            "pod_range": WORD,
        },
    ),
    "image_streaming": st.booleans(),
    "secondary_boot_disks": st.lists(
        st.fixed_dictionaries({"image": WORD}, optional={"mode": st.sampled_from(["container-image-cache", "data"])}),
        max_size=2,
    ),
    "local_ssd": st.sampled_from(
        [{"ephemeral": 1}, {"raw_block": 1}, {"ephemeral": 16}, {"ephemeral": 1, "raw_block": 1}, {}]
    ),
    "disk_gib": st.sampled_from([10, 200, 2000, 9]),
    "disk_type": st.sampled_from(["pd-standard", "pd-balanced", "pd-ssd", "hyperdisk-balanced", "floppy"]),
    "disk_kms_key": st.just("projects/acme/locations/us/keyRings/a/cryptoKeys/b"),
    "upgrade": st.one_of(
        st.fixed_dictionaries({"surge": st.fixed_dictionaries({"max_surge": NODES, "max_unavailable": NODES})}),
        st.fixed_dictionaries(
            {"blue_green": st.fixed_dictionaries({}, optional={"batch_nodes": NODES, "batch_percent": NODES})}
        ),
        st.fixed_dictionaries(
            {"blue_green": st.fixed_dictionaries({"batch_soak_seconds": SECONDS, "pool_soak_seconds": SECONDS})}
        ),
    ),
    "repair": st.booleans(),
    "drain": st.fixed_dictionaries(
        {},
        optional={
            "respect_pdb_on_deletion": st.booleans(),
            "pdb_timeout_seconds": st.integers(0, 7200),
            "grace_seconds": st.integers(0, 7200),
        },
    ),
    "secure_boot": st.booleans(),
    "kubelet": st.fixed_dictionaries(
        {},
        optional={
            "cpu_manager": st.sampled_from(["none", "static"]),
            "memory_manager": st.sampled_from(["none", "static"]),
            "topology_manager": st.sampled_from(["none", "best-effort", "restricted", "single-numa-node"]),
            "topology_scope": st.sampled_from(["container", "pod"]),
        },
    ),
    "max_run_seconds": SECONDS,
    "max_pods": st.sampled_from([8, 110, 256, 257]),
    "service_account": st.just(ACCOUNT),
    "labels": st.dictionaries(st.one_of(WORD, st.just("cloud.google.com/gke-spot")), WORD, max_size=2),
    "taints": st.lists(
        st.fixed_dictionaries(
            {"key": st.one_of(WORD, st.just("nvidia.com/gpu"))},
            optional={"value": WORD, "effect": st.sampled_from(["NoSchedule", "PreferNoSchedule", "NoExecute"])},
        ),
        max_size=2,
    ),
    "tags": st.lists(st.sampled_from(["gpus", "net", "Gpus"]), max_size=2),
    "resource_labels": st.dictionaries(st.sampled_from(["team", "cost_centre", "goog-x"]), WORD, max_size=1),
}


@st.composite
def arguments(draw: st.DrawFn) -> dict[str, Any]:
    """A machine, and a few of all other arguments: many at once would nearly always be refused."""
    chosen = draw(st.lists(st.sampled_from(sorted(EXTRAS)), unique=True, min_size=1, max_size=5))
    extras = {key: draw(EXTRAS[key]) for key in chosen}
    most = draw(st.integers(1, 40))
    return {**PLACE, **draw(MACHINE), "max_nodes": most, **extras}


def taken(args: GkeGpuNodePoolArgs) -> dict[str, Any]:
    """What the simulated GKE makes of a pool; a refusal fails the test."""
    cloud = SimulatedCloud("127.0.0.1:6443", "Q0E=")
    _, outputs = cloud.create(GKE_NODE_POOL, "t4", pool_inputs(args, ACCOUNT))
    return outputs


def assert_nodes_are_as_the_facts_say(args: GkeGpuNodePoolArgs) -> None:
    known, pool = facts("t4", args), pool_nodes(GKE_NODE_POOL, "t4", taken(args))
    assert (pool.minimum, pool.maximum) == (known.min_nodes, known.max_nodes)
    assert (pool.gpus, pool.advertiser) == (known.gpus_per_node, known.advertiser)
    node = pool.make(0)
    labels = node["metadata"]["labels"]
    assert known.node_selector.items() <= labels.items()
    assert labels["kubernetes.io/arch"] == known.architecture
    count = node["metadata"]["annotations"][COUNT_ANNOTATION]
    assert (known.resource_name, str(known.gpus_per_node)) == ("nvidia.com/gpu", count)
    assert {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"} in node["spec"]["taints"]
    server = {"containers": [], "nodeSelector": known.node_selector, "tolerations": known.tolerations}
    assert admits(node, server)


@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(given_args=arguments())
def test_an_argument_set_is_refused_by_its_path_or_taken_by_gke(given_args: dict[str, Any]) -> None:
    args, problems = checked(given_args)
    if args is None:
        steps = {problem.path.partition(".")[0].partition("[")[0] for problem in problems}
        assert steps
        assert steps <= GkeGpuNodePoolArgs.model_fields.keys()
    else:
        assert_nodes_are_as_the_facts_say(args)


def checked(given_args: dict[str, Any]) -> tuple[GkeGpuNodePoolArgs | None, list[Problem]]:
    try:
        return GkeGpuNodePoolArgs.parse("pool", given_args), []
    except InvalidArgumentsError as error:
        return None, error.problems


def ways(known: Machine) -> list[dict[str, Any]]:
    """All ways to get a machine, as arguments; those of the published ones where they are published."""
    arguments: dict[PurchaseOption, dict[str, Any]] = {
        PurchaseOption.ON_DEMAND: {},
        PurchaseOption.SPOT: {"provisioning_model": "spot"},
        PurchaseOption.FLEX_START: {"provisioning_model": "flex-start"},
        PurchaseOption.QUEUED: {"provisioning_model": "queued"},
        PurchaseOption.RESERVATION: {"reservation": {"name": "ours"}},
    }
    return [args for kind, args in arguments.items() if kind in known.purchase_options or not known.purchase_options]


@pytest.mark.parametrize("name", GPU_MACHINES)
def test_every_gpu_machine_of_the_catalogue_makes_a_pool_in_every_way_it_can_be_had(name: str) -> None:
    for way in ways(BUILT_IN.machine(Platform.GKE, name)):
        args = GkeGpuNodePoolArgs.parse("pool", {**PLACE, "machine_type": name, "max_nodes": 2, **way})
        assert_nodes_are_as_the_facts_say(args)
        assert facts("it", args).gpus_per_node == BUILT_IN.machine(Platform.GKE, name).gpu_devices


def test_the_catalogue_has_all_families_of_gpu_machines() -> None:
    assert {name.partition("-")[0] for name in WHOLE} == {"a2", "a3", "a4", "a4x", "g2", "g4"}


@pytest.mark.parametrize("size", ["1g.5gb", "2g.10gb", "3g.20gb", "7g.40gb"])
@pytest.mark.parametrize("clients", [None, 2, 48])
def test_partitions_and_their_clients_each_count(size: str, clients: int | None) -> None:
    sharing = {"partition_size": size, **({"strategy": "time-sharing", "max_clients": clients} if clients else {})}
    args = GkeGpuNodePoolArgs.parse(
        "pool", {**PLACE, "machine_type": "a2-highgpu-2g", "max_nodes": 1, "sharing": sharing}
    )
    partitions = {"1g.5gb": 7, "2g.10gb": 3, "3g.20gb": 2, "7g.40gb": 1}[size]
    known = facts("a100", args)
    assert (known.gpus_per_node, known.physical_gpus_per_node) == (2 * partitions * (clients or 1), 2)
    assert known.max_gpus_per_container == 1
    assert_nodes_are_as_the_facts_say(args)
