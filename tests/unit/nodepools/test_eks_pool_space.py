"""The whole argument space of EKS GPU pools: either an error with a path, or what EKS takes and nodes it can build."""

from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from gpuplane.arguments.errors import InvalidArgumentsError, Problem
from gpuplane.hardware import BUILT_IN, HUGE_PAGES_RESOURCE, MigStrategy, mig_resource
from gpuplane.kubernetes.taints import TaintEffect
from gpuplane.nodepools.ec2.fields import EksOs
from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs
from gpuplane.nodepools.eks.facts import facts
from gpuplane.nodepools.eks.fields import EksCapacityType
from gpuplane.nodepools.eks.inputs import efa_security_group_inputs, group_inputs
from gpuplane.nodepools.eks.maintenance import NodeCondition, RepairAction, UpdateStrategy
from gpuplane.nodepools.eks.template import template_inputs
from gpuplane.nodepools.facts import EFA_PRESENT_LABEL
from gpuplane.platforms import Platform
from gpuplane.rehearsal.controllers.device_plugins import amounts
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.nodes.node import EFA_ANNOTATION
from gpuplane.simulation.nodes.pool_resources import EKS_NODE_GROUP, pool_nodes

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
PLACEMENT_GROUP = "aws:ec2/placementGroup:PlacementGroup"

NAMES = [known.name for known in BUILT_IN.machines(Platform.EKS)]
GPUS = [known.name for known in BUILT_IN.machines(Platform.EKS) if known.vendor == "nvidia" and not known.is_fractional]
WORDS = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
TEXTS = st.text(alphabet="aZ0-_./ ", max_size=9)

OVERRIDES = st.fixed_dictionaries(
    {
        "condition": st.sampled_from(NodeCondition),
        "reason": WORDS,
        "wait_minutes": st.integers(1, 60),
        "action": st.sampled_from(RepairAction),
    }
)
RESERVATIONS = st.sampled_from([{"id": "cr-1"}, {"resource_group_arn": "arn:aws:x"}])
RESERVED = (EksCapacityType.RESERVATION, EksCapacityType.CAPACITY_BLOCK)
ANY = st.fixed_dictionaries(
    {
        "cluster": st.just("ml"),
        "cluster_security_group_id": st.just("sg-0"),
        "vpc_id": st.just("vpc-0"),
        "machine_type": st.sampled_from(GPUS),
        "subnet_ids": st.just(["subnet-1"]),
        "max_nodes": st.integers(1, 9),
    },
    optional={
        "os": st.sampled_from(EksOs),
        "kubernetes_version": st.sampled_from(["1.33", "1.34"]),
        "min_nodes": st.integers(0, 1),
        "efa": st.sampled_from([{}, {"placement_group": True}]),
        "security_group_ids": st.sampled_from([[], ["sg-1"]]),
        "disk_gib": st.integers(20, 2000),
        "disk_kms_key": st.just("arn:aws:kms:us-east-1:123456789012:key/1"),
        "instance_store": st.booleans(),
        "node_role_arn": st.just("arn:aws:iam::123456789012:role/own"),
        "update": st.fixed_dictionaries(
            {"strategy": st.sampled_from(UpdateStrategy), "max_unavailable": st.integers(1, 100)}
        ),
        "repair": st.fixed_dictionaries(
            {"enabled": st.booleans(), "overrides": st.lists(OVERRIDES, max_size=1)},
            optional={"max_unhealthy_nodes": st.integers(1, 3), "max_parallel_nodes": st.integers(1, 3)},
        ),
        "labels": st.dictionaries(WORDS, WORDS, max_size=2),
        "taints": st.lists(
            st.fixed_dictionaries({"key": WORDS, "value": WORDS, "effect": st.sampled_from(TaintEffect)}), max_size=1
        ),
    },
)
FAULTS = st.fixed_dictionaries(
    {},
    optional={
        "machine_type": st.sampled_from([*NAMES, "g9.huge"]),
        "alternative_machine_types": st.lists(st.sampled_from(GPUS), min_size=1, max_size=2),
        "subnet_ids": st.sampled_from([["subnet-1", "subnet-2"], []]),
        "cluster_security_group_id": st.none(),
        "vpc_id": st.none(),
        "min_nodes": st.integers(-1, 9),
        "max_nodes": st.integers(-1, 1),
        "fips": st.booleans(),
        "partition_size": st.sampled_from(["1g.5gb", "1g.18gb", "1g.24gb-me", "9g.9gb"]),
        "release_version": st.sampled_from(["1.33.5-20260101", "1.49.0-713f44ce", "newest"]),
        "kubernetes_version": st.just("latest"),
        "capacity_type": st.sampled_from(EksCapacityType),
        "reservation": st.sampled_from([{"id": "cr-1"}, {}, {"id": "x"}]),
        "disk_gib": st.integers(-1, 100_000),
        "update": st.fixed_dictionaries({"max_unavailable": st.integers(-1, 200)}),
        "repair": st.fixed_dictionaries({"max_unhealthy_nodes": st.integers(-1, 1), "max_parallel_nodes": st.just(0)}),
        "labels": st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=1),
        "taints": st.lists(st.fixed_dictionaries({"key": TEXTS, "value": TEXTS}), min_size=1, max_size=2),
    },
)


@st.composite
def arguments(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments that mostly go together, and in every other case a few more that mostly do not."""
    capacity = draw(st.sampled_from(EksCapacityType))
    reservation = draw(RESERVATIONS) if capacity in RESERVED else None
    args = {**draw(ANY), "capacity_type": capacity, "reservation": reservation}
    found = BUILT_IN.machine(Platform.EKS, args["machine_type"])
    if not found.network.efa_interfaces:
        args.pop("efa", None)
    profiles = list(BUILT_IN.accelerator(str(found.accelerator)).mig_profiles)
    if profiles and draw(st.booleans()):
        args["partition_size"] = draw(st.sampled_from(profiles))
    return {**args, **(draw(FAULTS) if draw(st.booleans()) else {})}


def checked(wanted: dict[str, Any]) -> tuple[EksGpuNodePoolArgs | None, list[Problem]]:
    try:
        return EksGpuNodePoolArgs.parse("pool", wanted), []
    except InvalidArgumentsError as error:
        return None, error.problems


def made(cloud: SimulatedCloud, args: EksGpuNodePoolArgs) -> tuple[dict[str, Any], dict[str, Any]]:
    """The node group as the cloud would have it: its inputs and its outputs."""
    efa = cloud.create(SECURITY_GROUP, "t4", efa_security_group_inputs("t4", args.vpc_id))[0] if args.efa else None
    is_close = args.efa and args.efa.placement_group
    placement = cloud.create(PLACEMENT_GROUP, "t4", {"strategy": "cluster"})[0] if is_close else None
    template, outputs = cloud.create(TEMPLATE, "t4-template", template_inputs("t4", args, efa, placement))
    inputs = {
        "nodeRoleArn": args.node_role_arn or "arn:aws:iam::123456789012:role/nodes",
        "launchTemplate": {"id": template, "version": str(outputs["latestVersion"])},
        **group_inputs("t4", args),
    }
    return inputs, cloud.create(EKS_NODE_GROUP, "t4-group", inputs)[1]


def shown(node: dict[str, Any], strategy: MigStrategy) -> dict[str, str]:
    """What the node shows, by itself or once a plugin with this strategy runs there and the GPUs are cut."""
    own = {name: count for name, count in node["status"]["allocatable"].items() if name.startswith("nvidia.com/")}
    return own or dict(amounts(node, {"flags": {"migStrategy": strategy.value}}))


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(wanted=arguments())
def test_every_pool_is_an_error_with_a_path_or_one_that_eks_takes(wanted: dict[str, Any]) -> None:
    args, problems = checked(wanted)
    assert all(problem.path for problem in problems)
    if args is None:
        return
    event("accepted")
    cloud = SimulatedCloud("127.0.0.1:6443", "Q0E=")
    inputs, outputs = made(cloud, args)
    pool = pool_nodes(EKS_NODE_GROUP, "t4", outputs, cloud.launch_template(inputs))
    known = facts("t4", args)
    assert (pool.minimum, pool.maximum, pool.advertiser) == (args.min_nodes, args.max_nodes, known.advertiser)
    node = pool.make(0)
    assert shown(node, MigStrategy.SINGLE) == {"nvidia.com/gpu": str(known.gpus_per_node)}
    if args.partition_size and pool.advertiser == "nvidia-device-plugin":
        assert shown(node, MigStrategy.MIXED) == {mig_resource(args.partition_size): str(known.gpus_per_node)}
        assert shown(node, MigStrategy.NONE) == {"nvidia.com/gpu": str(known.physical_gpus_per_node)}
    labels, holds = node["metadata"]["labels"], node["status"]["allocatable"]
    assert node["metadata"]["annotations"].get(EFA_ANNOTATION, "0") == str(known.efa_interfaces)
    assert holds.get(HUGE_PAGES_RESOURCE) == (f"{known.huge_pages_mib}Mi" if known.huge_pages_mib else None)
    assert (labels.get(EFA_PRESENT_LABEL) == "true") == bool(args.efa)
    assert known.node_selector.items() <= node["metadata"]["labels"].items()
    assert {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"} in node["spec"]["taints"]
    assert node["metadata"]["labels"]["kubernetes.io/arch"] == known.architecture
    assert len(node["spec"]["taints"]) == 1 + len(args.taints)
