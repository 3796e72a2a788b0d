"""The whole argument space of ComputeClasses: an error with a path, or an object whose nodes are as its facts say."""

from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from gpuplane.arguments.errors import InvalidArgumentsError, Problem
from gpuplane.hardware import BUILT_IN
from gpuplane.nodepools.compute_class.args import GkeComputeClassArgs
from gpuplane.nodepools.compute_class.facts import facts
from gpuplane.nodepools.compute_class.fields import ClassDriver, ClassProvisioningModel
from gpuplane.nodepools.compute_class.inputs import class_inputs
from gpuplane.platforms import Platform
from gpuplane.simulation.nodes.compute_class import compute_class_nodes
from gpuplane.sizing.fit import admits

NAMES = [known.name for known in BUILT_IN.machines(Platform.GKE)]
GPUS = [known.name for known in BUILT_IN.machines(Platform.GKE) if known.vendor == "nvidia" and not known.is_fractional]
ZONES = st.sampled_from([["us-central1-a"], ["us-central1-b", "us-central1-c"], [], ["nowhere"]])
RESERVATIONS = st.sampled_from([{"name": "ours"}, {"name": "ours", "project": "acme-capacity"}, {"consume": "any"}])
WAYS = st.fixed_dictionaries(
    {"provisioning_model": st.sampled_from(ClassProvisioningModel)},
    optional={
        "machine_type": st.sampled_from([*GPUS, *NAMES]),
        "gpus_per_node": st.sampled_from([1, 2, 3]),
        "reservation": RESERVATIONS,
        "zones": ZONES,
        "max_run_seconds": st.sampled_from([10, 3600, 700_000]),
    },
)
PLAIN = st.sampled_from([{"provisioning_model": kind} for kind in ("on-demand", "spot", "flex-start")])
RESERVED = st.fixed_dictionaries({"provisioning_model": st.just("reservation"), "reservation": RESERVATIONS})
ANY = st.fixed_dictionaries(
    {
        "project": st.just("acme"),
        "machine_type": st.sampled_from(GPUS),
        "max_nodes": st.integers(1, 9),
        "priorities": st.lists(st.one_of(PLAIN, RESERVED), min_size=1, max_size=3, unique_by=str),
    },
    optional={
        "driver": st.sampled_from(ClassDriver),
        "active_migration": st.booleans(),
        "image_streaming": st.booleans(),
        "disk_gib": st.sampled_from([100, 500]),
        "service_account": st.just("nodes@acme.iam.gserviceaccount.com"),
    },
)
FAULTS = st.fixed_dictionaries(
    {},
    optional={
        "machine_type": st.sampled_from(NAMES),
        "max_nodes": st.integers(-1, 1),
        "priorities": st.lists(st.one_of(PLAIN, RESERVED, WAYS), max_size=4),
        "accelerator": st.sampled_from(["nvidia-tesla-t4", "nvidia-l4"]),
        "gpus_per_node": st.sampled_from([1, 2, 3]),
        "disk_gib": st.just(9),
        "service_account": st.just("nodes"),
    },
)
CLASSES = st.one_of(ANY, st.builds(lambda plain, faults: {**plain, **faults}, ANY, FAULTS))


def checked(wanted: dict[str, Any]) -> tuple[GkeComputeClassArgs | None, list[Problem]]:
    try:
        return GkeComputeClassArgs.parse("class", wanted), []
    except InvalidArgumentsError as error:
        return None, error.problems


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(wanted=CLASSES)
def test_a_class_is_an_error_with_a_path_or_nodes_by_each_of_its_ways(wanted: dict[str, Any]) -> None:
    args, problems = checked(wanted)
    assert all(problem.path for problem in problems)
    if args is None:
        return
    event("accepted")
    known = facts("scarce", args)
    pools = compute_class_nodes(class_inputs("scarce", args, "nodes@acme.iam.gserviceaccount.com"))
    assert len(pools) == len(args.priorities)
    server = {"containers": [], "nodeSelector": known.node_selector, "tolerations": known.tolerations}
    for pool in pools:
        node = pool.make(0)
        assert admits(node, server)
        assert int(node["status"]["allocatable"][known.resource_name]) >= known.gpus_per_node
