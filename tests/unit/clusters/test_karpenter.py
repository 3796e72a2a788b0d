"""Karpenter: what it is made of and in which order, its rights in AWS, and when a stack makes it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

import gpuplane
from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.clusters.eks.fields import CPU_MIN_NODES
from gpuplane.clusters.karpenter.inputs import REPLICAS
from gpuplane.clusters.karpenter.interruptions import EVENTS, queue_policy
from gpuplane.clusters.karpenter.permissions import Scope, policies
from gpuplane.clusters.karpenter.rules import MAX_NODE_ROLES, MAX_ROLE, name_problems
from gpuplane.program.dry_run import DryResponder
from gpuplane.program.run import run_program
from gpuplane.recording import Recording
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.schema.check import check_inputs
from gpuplane.stackconfig import load
from gpuplane.stackconfig.model import StackConfig
from gpuplane.testing import Recorded, record
from projects import OVERLAY, ROOT, project_with
from refusals import told
from spelling import camel_case

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
NODE_ROLE = "arn:aws:iam::123456789012:role/nodes"
RELEASE = "kubernetes:helm.sh/v3:Release"
POOL = {"subnet_ids": ["subnet-1"], "accelerator": "l4", "max_nodes": 4}
PLACE = {"cluster": "ml", "cluster_security_group_id": "sg-1", **POOL}
EXISTING = {"existingEks": {"cluster": "ml", "region": "us-east-1"}, "eks": None}

_CLOUD = SimulatedCloud("127.0.0.1:6443", "Q0E=")


def simulated(one: Any) -> Mapping[str, Any]:
    return _CLOUD.create(one.type, f"{one.name}-{len(list(_CLOUD.resources(one.type)))}", one.inputs)[1]


TOKENS = [
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:sqs/queue:Queue",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/eventTarget:EventTarget",
]
ANSWERS = dict.fromkeys(TOKENS, simulated)


def made(**args: Any) -> Recorded:
    return record(lambda: gpuplane.Karpenter("it", {"cluster": "ml", **args}), answers=ANSWERS)


def statements(roles: list[str] | None = None) -> Iterator[dict[str, Any]]:
    for document in policies(Scope("ml", QUEUE), NODE_ROLE, roles or []).values():
        yield from json.loads(document)["Statement"]


# What may be done, to what, and under which conditions; of tags, what each has to be.
OWN, NAMED = "kubernetes.io/cluster/ml=owned", "eks:eks-cluster-name=ml"
PLACED, OF_POOL, OF_CLASS = "region=us-east-1", "karpenter.sh/nodepool=*", "ec2nodeclass=*"
RIGHTS: list[tuple[str, str, list[str]]] = [
    ("RunInstances CreateFleet", "image snapshot security-group subnet capacity-reservation placement-group", []),
    ("RunInstances CreateFleet", "launch-template", [f"Resource {OWN}", f"Resource {OF_POOL}"]),
    (
        "RunInstances CreateFleet CreateLaunchTemplate",
        "fleet instance volume network-interface launch-template spot-instances-request",
        [f"Request {OWN}", f"Request {NAMED}", f"Request {OF_POOL}"],
    ),
    (
        "CreateTags",
        "fleet instance volume network-interface launch-template spot-instances-request",
        [
            f"Request {OWN}",
            f"Request {NAMED}",
            f"Request {OF_POOL}",
            "ec2:CreateAction=RunInstances CreateFleet CreateLaunchTemplate",
        ],
    ),
    (
        "CreateTags",
        "instance",
        [
            f"Resource {OWN}",
            f"Resource {OF_POOL}",
            f"Request {NAMED}",
            "aws:TagKeys=eks:eks-cluster-name karpenter.sh/nodeclaim Name",
        ],
    ),
    (
        "TerminateInstances DeleteLaunchTemplate",
        "instance launch-template",
        [f"Resource {OWN}", f"Resource {OF_POOL}"],
    ),
    ("PassRole", "role/nodes", ["iam:PassedToService=ec2.amazonaws.com"]),
    (
        "CreateInstanceProfile",
        "instance-profile",
        [f"Request {OWN}", f"Request {NAMED}", f"Request {PLACED}", f"Request {OF_CLASS}"],
    ),
    (
        "TagInstanceProfile",
        "instance-profile",
        [
            f"Resource {OWN}",
            f"Resource {PLACED}",
            f"Request {OWN}",
            f"Request {NAMED}",
            f"Request {PLACED}",
            f"Resource {OF_CLASS}",
            f"Request {OF_CLASS}",
        ],
    ),
    (
        "AddRoleToInstanceProfile RemoveRoleFromInstanceProfile DeleteInstanceProfile",
        "instance-profile",
        [f"Resource {OWN}", f"Resource {PLACED}", f"Resource {OF_CLASS}"],
    ),
    ("GetInstanceProfile", "instance-profile", []),
    ("ListInstanceProfiles", "*", []),
    (
        "DescribeCapacityReservations DescribeImages DescribeInstances DescribeInstanceStatus "
        "DescribeInstanceTypeOfferings DescribeInstanceTypes DescribeLaunchTemplates DescribePlacementGroups "
        "DescribeSecurityGroups DescribeSpotPriceHistory DescribeSubnets",
        "*",
        ["aws:RequestedRegion=us-east-1"],
    ),
    ("GetParameter", "parameter/aws/service", []),
    ("GetProducts", "*", []),
    ("DescribeCluster", "cluster/ml", []),
    ("DeleteMessage GetQueueUrl ReceiveMessage", "q", []),
]


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def right(statement: dict[str, Any]) -> tuple[str, str, list[str]]:
    actions = [action.partition(":")[2] for action in listed(statement["Action"])]
    resources = [one.rpartition(":")[2].removesuffix("/*") for one in listed(statement["Resource"])]
    conditions = [
        f"{_shortened(key)}={' '.join(listed(value))}"
        for condition in statement.get("Condition", {}).values()
        for key, value in condition.items()
    ]
    return " ".join(actions), " ".join(resources), sorted(conditions)


def _shortened(key: str) -> str:
    tag = re.fullmatch(r"aws:(Request|Resource)Tag/(?:karpenter\.k8s\.aws/(?=ec2)|topology\.kubernetes\.io/)?(.*)", key)
    return f"{tag[1]} {tag[2]}" if tag else key


def test_it_may_do_what_karpenter_needs_for_its_own_cluster_and_no_more() -> None:
    wanted = [(actions, resources, sorted(conditions)) for actions, resources, conditions in RIGHTS]
    assert [right(one) for one in statements()] == wanted


def test_everything_it_may_touch_is_in_its_own_region() -> None:
    arns = [arn for one in statements() for arn in listed(one["Resource"]) if arn != "*" and ":iam:" not in arn]
    assert {arn.split(":")[3] for arn in arns} == {"us-east-1"}


def test_it_gives_nodes_its_own_role_and_those_that_are_named() -> None:
    (passed,) = [one for one in statements(["own", "teams/vision"]) if one["Action"] == "iam:PassRole"]
    account = "arn:aws:iam::123456789012:role"
    assert passed["Resource"] == [NODE_ROLE, f"{account}/own", f"{account}/teams/vision"]


CLUSTERS = st.from_regex(r"[0-9A-Za-z][-_0-9A-Za-z]{0,99}", fullmatch=True) | st.just("c" * 100)
ROLES = st.from_regex(r"([a-z0-9+=,.@_-]{1,20}/)?[a-z0-9+=,.@_-]{1,64}", fullmatch=True) | st.just("r" * MAX_ROLE)
PLACES = st.sampled_from(["aws:sqs:us-east-1", "aws-us-gov:sqs:us-gov-west-1", "aws:sqs:ap-southeast-1"])


@settings(deadline=None, max_examples=100)
@given(cluster=CLUSTERS, roles=st.lists(ROLES, max_size=MAX_NODE_ROLES), place=PLACES)
@example(cluster="c" * 100, roles=["r" * MAX_ROLE] * MAX_NODE_ROLES, place="aws-us-gov:sqs:ap-southeast-1")
def test_its_policies_fit_one_role_and_are_by_the_grammar_whatever_the_names(
    cluster: str, roles: list[str], place: str
) -> None:
    own = f"arn:aws-us-gov:iam::123456789012:role/{'r' * 64}"
    found = policies(Scope(cluster, f"arn:{place}:123456789012:q"), own, roles)
    assert sum(len(re.sub(r"\s", "", policy)) for policy in found.values()) <= 10_240
    for name, policy in found.items():
        _fresh().create("aws:iam/rolePolicy:RolePolicy", name, {"role": "it", "policy": policy})


def _fresh() -> SimulatedCloud:
    return SimulatedCloud("127.0.0.1:6443", "Q0E=")


def test_only_rules_of_its_own_account_send_to_its_queue_and_nobody_without_tls() -> None:
    allowed, denied = json.loads(queue_policy(QUEUE))["Statement"]
    assert (allowed["Principal"], allowed["Action"]) == ({"Service": "events.amazonaws.com"}, "sqs:SendMessage")
    assert allowed["Condition"] == {"ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:123456789012:rule/*"}}
    assert (denied["Effect"], denied["Action"], denied["Principal"]) == ("Deny", "sqs:*", "*")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_it_hears_of_everything_by_which_aws_takes_nodes_away() -> None:
    found = made()
    queue = found.one("aws:sqs/queue:Queue")
    assert queue.inputs == {"messageRetentionSeconds": 300, "sqsManagedSseEnabled": True}
    patterns = {one.name: json.loads(one.inputs["eventPattern"]) for one in found.all("EventRule")}
    assert patterns == {
        "it-rule-health": {"source": ["aws.health"], "detail-type": ["AWS Health Event"]},
        "it-rule-spot": {"source": ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"]},
        "it-rule-rebalance": {"source": ["aws.ec2"], "detail-type": ["EC2 Instance Rebalance Recommendation"]},
        "it-rule-state": {"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]},
        "it-rule-reservation": {
            "source": ["aws.ec2"],
            "detail-type": ["EC2 Capacity Reservation Instance Interruption Warning"],
        },
    }
    targets = found.all("EventTarget")
    assert {one.name.removeprefix("it-target-") for one in targets} == {*EVENTS}
    policy = found.one("QueuePolicy").urn
    assert all(policy in one.dependencies and one.inputs["arn"].startswith("arn:aws:sqs:") for one in targets)


def test_its_releases_are_of_one_version_the_definitions_by_a_chart_of_their_own() -> None:
    found = made()
    definitions, controller = found.one(RELEASE, "it-definitions").inputs, found.one(RELEASE, "it-controller").inputs
    assert definitions["chart"] == "oci://public.ecr.aws/karpenter/karpenter-crd"
    assert controller["chart"] == "oci://public.ecr.aws/karpenter/karpenter"
    assert definitions["version"] == controller["version"] == "1.14.1"
    assert definitions["namespace"] == controller["namespace"] == "kube-system"
    assert (definitions["name"], controller["name"]) == ("karpenter-crd", "karpenter")
    assert controller["skipCrds"] is True
    assert "values" not in definitions


def test_its_controller_knows_its_cluster_and_its_queue_and_does_not_ask_its_node_where_it_is() -> None:
    values = made().one(RELEASE, "it-controller").inputs["values"]
    queue = values["settings"].pop("interruptionQueue")
    assert re.fullmatch(r"it-queue-\d+-[0-9a-f]{7}", queue)
    assert values["settings"] == {"clusterName": "ml"}
    resources = {"cpu": "1", "memory": "1Gi"}
    assert values["controller"] == {
        "resources": {"requests": resources, "limits": resources},
        "env": [{"name": "AWS_REGION", "value": "us-east-1"}],
    }


def test_its_pods_are_held_by_a_new_clusters_cpu_nodes_where_gpu_nodes_are_in_another_zone() -> None:
    assert REPLICAS <= CPU_MIN_NODES
    (spread,) = made().one(RELEASE, "it-controller").inputs["values"]["topologySpreadConstraints"]
    assert (spread["topologyKey"], spread["nodeTaintsPolicy"]) == ("topology.kubernetes.io/zone", "Honor")


def test_its_controller_starts_once_it_has_its_rights_and_its_definitions() -> None:
    found = made()
    controller, association = found.one(RELEASE, "it-controller"), found.one("PodIdentityAssociation")
    assert {association.urn, found.one(RELEASE, "it-definitions").urn, found.one("AccessEntry").urn} <= {
        *controller.dependencies
    }
    assert {one.urn for one in found.all("RolePolicy")} <= {*association.dependencies}
    account = controller.inputs["values"]["serviceAccount"]["name"]
    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("kube-system", account)
    trusted = json.loads(found.one("aws:iam/role:Role", "it-role").inputs["assumeRolePolicy"])["Statement"]
    assert trusted[0]["Principal"] == {"Service": "pods.eks.amazonaws.com"}


def test_the_role_of_its_nodes_is_let_into_the_cluster() -> None:
    found = made()
    entry = found.one("AccessEntry").inputs
    assert (entry["clusterName"], entry["type"]) == ("ml", "EC2_LINUX")
    (passed,) = [
        one
        for policy in found.all("RolePolicy")
        for one in json.loads(policy.inputs["policy"])["Statement"]
        if one["Action"] == "iam:PassRole"
    ]
    assert passed["Resource"] == [entry["principalArn"]]
    assert ":role/it-node-role-" in entry["principalArn"]


def test_a_pool_that_depends_on_it_comes_after_all_of_it_and_goes_before() -> None:
    def program() -> None:
        karpenter = gpuplane.Karpenter("it", {"cluster": "ml"})
        opts = pulumi.ResourceOptions(depends_on=[karpenter])
        gpuplane.KarpenterGpuNodePool("l4", {**PLACE, "node_role": karpenter.node_role.name}, opts)

    found = record(program, answers=ANSWERS)
    node_class, pool = found.one("EC2NodeClass"), found.one("NodePool")
    own = {one.urn for one in found.children("it") if one.custom}
    assert own <= {*node_class.dependencies}
    assert own <= {*pool.dependencies}
    assert node_class.inputs["spec"]["role"].startswith("it-node-role-")
    assert not [one for one in found.children("l4") if one.package == "aws"]


def test_what_aws_gets_is_what_its_sdk_and_its_apis_take() -> None:
    for one in made(node_roles=["own"]).children("it"):
        if one.package == "aws":
            assert check_inputs(one.type, one.inputs) == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"version": "latest"}, "version: must be a version of its charts such as '1.14.1', got 'latest'"),
        ({"version": "v1.14.1"}, "version: must be a version of its charts such as '1.14.1', got 'v1.14.1'"),
        (
            {"node_roles": [NODE_ROLE]},
            f"node_roles[0]: must be the name of a role, its path before it, at most 100 characters, got {NODE_ROLE!r}",
        ),
        (
            {"node_roles": ["own", "all *"]},
            "node_roles[1]: must be the name of a role, its path before it, at most 100 characters, got 'all *'",
        ),
        (
            {"node_roles": ["*"]},
            "node_roles[0]: must be the name of a role, its path before it, at most 100 characters, got '*'",
        ),
        (
            {"node_roles": ["*/own"]},
            "node_roles[0]: must be the name of a role, its path before it, at most 100 characters, got '*/own'",
        ),
        (
            {"node_roles": ["teams/" * 20 + "own"]},
            "node_roles[0]: must be the name of a role, its path before it, at most 100 characters, "
            f"got {'teams/' * 20 + 'own'!r}",
        ),
        ({"node_roles": ["own"] * 21}, "node_roles: must be at most 20, got 21, fix: let pools share a role"),
    ],
)
def test_what_helm_or_iam_would_refuse_later_is_refused_at_once(args: dict[str, Any], message: str) -> None:
    assert told(lambda: made(**args)) == [message]


@pytest.mark.parametrize("name", ["a" * 40, "-it", "it_too", ""])
def test_a_name_that_its_children_could_not_have_is_refused(name: str) -> None:
    assert list(name_problems("a" * 39)) == []
    assert [str(problem) for problem in name_problems(name)] == [
        f"must be named with letters, digits and hyphens, a letter or digit first, at most 39 characters, got {name!r}"
    ]


def staging(pools: dict[str, Any] | None = None, **overlay: Any) -> StackConfig:
    base = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]["base"]["value"]
    own = yaml.safe_load((ROOT / "Pulumi.staging.yaml").read_text())["config"][OVERLAY]
    own["pools"].update({"karpenter": {"l4": camel_case(POOL)}} if pools is None else pools)
    cluster = {**own["cluster"], **overlay.pop("cluster", {})}
    own["cluster"] = {key: value for key, value in cluster.items() if value is not None}
    return load(base, {**own, **overlay}, "staging")


@pytest.mark.parametrize(
    ("pools", "cluster", "is_made"),
    [
        (None, {}, True),
        ({}, {}, False),
        ({}, {"karpenter": {"enabled": True}}, True),
        ({}, {"karpenter": {"enabled": False}}, False),
        (None, EXISTING, False),
        (None, {**EXISTING, "karpenter": {"enabled": True}}, True),
        (None, {**EXISTING, "karpenter": {"enabled": False}}, False),
    ],
)
def test_a_new_cluster_with_its_pools_has_it_and_one_that_is_there_on_request(
    pools: dict[str, Any] | None, cluster: dict[str, Any], is_made: bool
) -> None:
    config = staging(pools, cluster=cluster)
    assert config.cluster.makes_karpenter(bool(config.pools.karpenter)) is is_made


SMALL: dict[str, Any] = {"tiny.micro": {"platform": "eks", "vcpus": 1, "memoryGib": 2}}
NEW = {"region": "us-east-1", "subnetIds": ["subnet-1", "subnet-2"]}


@pytest.mark.parametrize(
    ("overlay", "path", "message"),
    [
        (
            {"cluster": {"karpenter": {"enabled": False}}},
            "cluster.karpenter.enabled",
            "required by Karpenter pools in a new cluster, got l4, fix: leave it out",
        ),
        (
            {"machines": SMALL, "cluster": {"eks": {**NEW, "cpuInstanceType": "tiny.micro"}}},
            "cluster.eks.cpuInstanceType",
            "must hold a pod of Karpenter's, which asks for 1 CPU and 1Gi, beside EKS' own, got 'tiny.micro' with "
            "1 CPU and 2Gi, fix: a larger one",
        ),
        (
            {"cluster": {"karpenter": {"version": "1"}}},
            "cluster.karpenter.version",
            "must be a version of its charts such as '1.14.1', got '1'",
        ),
        (
            {"cluster": {"eks": None, "kubeconfig": {"context": "kind-kind"}, "karpenter": {"enabled": True}}},
            "cluster.karpenter",
            "supported on EKS only, got a kubeconfig context, fix: set it to null",
        ),
        (
            {
                "cluster": {
                    "eks": None,
                    "existingGke": {"cluster": "a", "project": "b", "location": "us-central1"},
                    "karpenter": {"enabled": True},
                }
            },
            "cluster.karpenter",
            "supported on EKS only, got GKE, which scales its pools itself, fix: set it to null",
        ),
    ],
)
def test_what_a_stack_may_not_say_of_it(overlay: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(InvalidArgumentsError) as error:
        staging(**overlay)
    assert f"Pulumi.staging.yaml: overlay.{path}: {message}" in [str(one) for one in error.value.problems]


Stack = Callable[..., Recording]


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    def ran(**overlay: Any) -> Recording:
        project = project_with(tmp_path, "staging", {"pools": {"karpenter": {"l4": camel_case(POOL)}}, **overlay})
        return run_program(project, project.stack("staging"), DryResponder())

    return ran


def test_a_stacks_pools_run_as_the_role_of_its_karpenter_and_come_after_it(stack: Stack) -> None:
    found = Recorded(stack())
    node_class = found.one("EC2NodeClass")
    assert node_class.inputs["spec"]["role"].startswith("karpenter-node-role-")
    assert found.one(RELEASE, "karpenter-controller").urn in node_class.dependencies
    assert not [one for one in found.children("l4") if one.package == "aws"]


def test_a_role_that_a_stacks_pool_is_given_is_one_that_karpenter_may_pass_on(stack: Stack) -> None:
    own = {"l4": {**camel_case(POOL), "nodeRole": "own"}}
    found = Recorded(stack(pools={"karpenter": own}, cluster={"karpenter": {"nodeRoles": ["teams/vision"]}}))
    assert found.one("EC2NodeClass").inputs["spec"]["role"] == "own"
    policy = found.one("RolePolicy", "karpenter-policy-profiles").inputs["policy"]
    assert [arn.partition(":role/")[2] for arn in json.loads(policy)["Statement"][0]["Resource"][1:]] == [
        "teams/vision",
        "own",
    ]


def test_in_a_cluster_that_is_there_a_stacks_pools_have_roles_of_their_own(stack: Stack) -> None:
    found = Recorded(stack(cluster=EXISTING))
    assert found.all("Karpenter") == []
    assert found.one("EC2NodeClass").inputs["spec"]["role"].startswith("l4-role-")


def test_small_cpu_nodes_do_without_it() -> None:
    config = staging({}, machines=SMALL, cluster={"eks": {**NEW, "cpuInstanceType": "tiny.micro"}})
    assert config.cluster.eks
