"""Every component: its children, whose they are, what they go through, and how each can be bent."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s
import pytest

import gpuplane
from gpuplane import InvalidArgumentsError
from gpuplane.component.base import Component
from gpuplane.recording import UNKNOWN, RecordedResource, run
from gpuplane.simulation.schema.check import check_inputs
from gpuplane.testing import Recorded, record
from refusals import told

PLACE = {"cluster": "ml", "project": "acme", "location": "us-central1"}
GKE_POOL = {**PLACE, "machine_type": "n1-standard-8", "accelerator": "nvidia-tesla-t4", "max_nodes": 4}
GKE_CLASS = {
    "project": "acme",
    "machine_type": "g2-standard-8",
    "max_nodes": 4,
    "priorities": [{"provisioning_model": "spot"}],
}
EKS_POOL = {"cluster": "ml", "subnet_ids": ["subnet-1"], "machine_type": "g4dn.2xlarge", "max_nodes": 4}
EFA_POOL = {
    **EKS_POOL,
    "machine_type": "p4d.24xlarge",
    "efa": {"placement_group": True},
    "cluster_security_group_id": "sg-1",
    "vpc_id": "vpc-1",
}
EKS_CLUSTER = {
    "region": "us-east-1",
    "subnet_ids": ["subnet-1", "subnet-2"],
    "admins": {"ops": "arn:aws:iam::1:role/ops"},
    "efs": True,
}
KARPENTER_POOL = {
    "cluster": "ml",
    "cluster_security_group_id": "sg-1",
    "subnet_ids": ["subnet-1"],
    "accelerator": "l4",
    "max_nodes": 4,
}
SERVER: dict[str, Any] = {
    "namespace": "ml",
    "image": "registry.example.com/server:v1",
    "cpu": {"request": "2", "limit": "4"},
    "memory": {"request": "4Gi", "limit": "8Gi"},
    "env": {"MODEL_NAME": "resnet50"},
    "secrets": {"TOKEN": "hunter2"},
    "model": "gs://acme-models/resnet50/v1/",
    "storage": {"claim": {"size": "50Gi", "storage_class": "standard-rwx"}},
}
DEVICE_PLUGIN: dict[str, Any] = {
    "pools": [],
    "configs": {"default": {}, "shared": {"mps": {"replicas": 4}}},
    "feature_discovery": {},
}
EFA_PLUGIN: dict[str, Any] = {
    "pools": [
        {
            "name": "p4d",
            "platform": "eks",
            "machine_type": "p4d.24xlarge",
            "accelerator": "a100-40gb",
            "gpus_per_node": 8,
            "efa_interfaces": 4,
            "min_nodes": 0,
            "max_nodes": 1,
            "advertiser": "nvidia-device-plugin",
        }
    ]
}
TENANT: dict[str, Any] = {
    "namespace": "ml",
    "quota": {"gpus": 2, "serving": {"pods": 10}, "batch": {"cpu": "8"}},
    "access": {"team": ["ml-team"], "ci": ["ml-ci"]},
    "queue": "gpus",
}

ACCOUNT = {"email": "nodes@acme.iam.gserviceaccount.com", "member": "serviceAccount:nodes@acme"}
ANSWERS: dict[str, Any] = {
    "gcp:serviceaccount/account:Account": ACCOUNT,
    "gcp:container/cluster:Cluster": {"endpoint": "10.0.0.1", "masterAuth": {"clusterCaCertificate": "Q0E="}},
    "aws:iam/role:Role": lambda one: {"name": one.name, "arn": f"arn:aws:iam::1:role/{one.name}"},
    "aws:sqs/queue:Queue": lambda one: {
        "name": one.name,
        "arn": f"arn:aws:sqs:us-east-1:1:{one.name}",
        "url": f"https://sqs.us-east-1.amazonaws.com/1/{one.name}",
    },
    "aws:cloudwatch/eventRule:EventRule": lambda one: {"name": one.name},
    "aws:kms/key:Key": {"arn": "arn:aws:kms:us-east-1:1:key/1"},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1},
    "aws:ec2/placementGroup:PlacementGroup": lambda one: {"name": one.name},
    "aws:eks/nodeGroup:NodeGroup": lambda one: {
        "nodeGroupName": one.name,
        "resources": [{"autoscalingGroups": [{"name": "eks-it"}]}],
    },
    "aws:eks/cluster:Cluster": {"endpoint": "https://10.0.0.1", "certificateAuthority": {"data": "Q0E="}},
    "gcp:container/nodePool:NodePool": lambda one: {"name": one.name},
}
CALLS = {
    "gcp:container/getCluster:getCluster": {
        "endpoint": "10.0.0.1",
        "masterAuths": [{"clusterCaCertificate": "Q0E="}],
    },
    "aws:eks/getCluster:getCluster": {
        "endpoint": "https://10.0.0.1",
        "certificateAuthorities": [{"data": "Q0E="}],
        "vpcConfig": {"vpcId": "vpc-1", "clusterSecurityGroupId": "sg-1"},
    },
}

COMPONENTS: dict[str, tuple[type[Component], dict[str, Any]]] = {
    "GkeCluster": (gpuplane.GkeCluster, {"project": "acme", "location": "us-central1"}),
    "ExistingGkeCluster": (gpuplane.ExistingGkeCluster, PLACE),
    "EksCluster": (gpuplane.EksCluster, EKS_CLUSTER),
    "ExistingEksCluster": (gpuplane.ExistingEksCluster, {"cluster": "ml", "region": "us-east-1"}),
    "ClusterAutoscaler": (
        gpuplane.ClusterAutoscaler,
        {"cluster": "ml", "region": "us-east-1", "kubernetes_version": "1.36"},
    ),
    "Karpenter": (gpuplane.Karpenter, {"cluster": "ml"}),
    "KubeconfigCluster": (gpuplane.KubeconfigCluster, {"context": "kind-kind"}),
    "GkeGpuNodePool": (gpuplane.GkeGpuNodePool, GKE_POOL),
    "GkeNodeNetworks": (
        gpuplane.GkeNodeNetworks,
        {"machine_type": "a3-megagpu-8g", "networks": [{"network": "gpu", "subnetwork": "gpu"}] * 2},
    ),
    "GkeComputeClass": (gpuplane.GkeComputeClass, GKE_CLASS),
    "EksGpuNodePool": (gpuplane.EksGpuNodePool, EFA_POOL),
    "KarpenterGpuNodePool": (gpuplane.KarpenterGpuNodePool, KARPENTER_POOL),
    "NvidiaDevicePlugin": (gpuplane.NvidiaDevicePlugin, DEVICE_PLUGIN),
    "GpuOperator": (gpuplane.GpuOperator, {"pools": []}),
    "GkeDriverInstaller": (gpuplane.GkeDriverInstaller, {}),
    "EfaDevicePlugin": (gpuplane.EfaDevicePlugin, EFA_PLUGIN),
    "DcgmExporter": (gpuplane.DcgmExporter, {"pools": []}),
    "TenantNamespace": (gpuplane.TenantNamespace, TENANT),
    "ModelServer": (gpuplane.ModelServer, SERVER),
}

# Children that a component has only with these arguments.
ONLY_WITH: dict[tuple[str, str], dict[str, Any]] = {
    ("ModelServer", "volume"): {"model": "file:///opt/models/", "storage": {}},
}


def recorded(program: Callable[[], Any]) -> Recorded:
    return record(program, answers=ANSWERS, calls=CALLS)


def made(kind: str, args: Mapping[str, Any] | None = None, **changes: Any) -> Recorded:
    component, whole = COMPONENTS[kind]
    return recorded(lambda: component("it", {**whole, **(args or {}), **changes}))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("kind", COMPONENTS)
def test_its_children_are_its_own_named_after_it_and_go_through_the_providers_it_is_given(kind: str) -> None:
    component, args = COMPONENTS[kind]

    def program() -> None:
        providers = [gcp.Provider("gcp"), aws.Provider("aws", region="us-east-1"), k8s.Provider("k8s")]
        component("it", args, pulumi.ResourceOptions(providers=providers, protect=True))  # pyright: ignore

    found = recorded(program)
    children = found.children("it")
    assert found.one(f"gpuplane:index:{kind}").name == "it"
    assert children
    assert all(child.name.startswith("it-") for child in children)
    assert all(child.protect for child in children)
    through = {child.provider.rpartition("::")[2] for child in children if child.package != "pulumi"}
    assert through <= {"gcp", "aws", "k8s"}
    found.assert_explicit_providers()


@pytest.mark.parametrize("kind", COMPONENTS)
def test_what_it_depends_on_comes_before_all_of_its_children(kind: str) -> None:
    component, args = COMPONENTS[kind]

    def program() -> None:
        first = k8s.core.v1.Namespace("first")
        component("it", args, pulumi.ResourceOptions(depends_on=[first]))  # pyright: ignore

    found = recorded(program)
    first = found.one("Namespace", "first").urn
    made_by_it = [child for child in found.children("it") if child.package != "pulumi"]
    assert all(first in child.dependencies for child in made_by_it)


@pytest.mark.parametrize("kind", [kind for kind, (component, _) in COMPONENTS.items() if component.CHILDREN])
def test_each_of_its_children_can_be_bent(kind: str) -> None:
    component, _ = COMPONENTS[kind]
    bent: set[str] = set()
    for child in component.CHILDREN:
        otherwise = ONLY_WITH.get((kind, child), {})
        plain = {one.urn: one for one in made(kind, otherwise).children("it")}
        patch = _harmless(child, list(plain.values()))
        changed = {one.urn: one for one in made(kind, otherwise, transforms={child: patch}).children("it")}
        hit = [urn for urn, one in changed.items() if one.inputs != plain[urn].inputs]
        assert hit, child
        bent |= set(hit)
    assert bent >= {one.urn for one in made(kind).children("it") if one.package != "pulumi"}


def _harmless(child: str, children: list[RecordedResource]) -> dict[str, Any]:
    """A patch that any such child takes: another label, or an input of its own."""
    one = next(one for one in children if one.name == f"it-{child}" or one.name.startswith("it-"))
    by_child = [other for other in children if other.name == f"it-{child}"]
    one = by_child[0] if by_child else one
    if one.type.startswith("kubernetes:helm.sh"):
        return {"version": "bent"}
    if one.package == "kubernetes" and (by_child or any(other.name.startswith(f"it-{child}-") for other in children)):
        return {"metadata": {"labels": {"bent": "yes"}}}
    keys = {"role": {"role": "bent"}, "nodes-role": {"role": "bent"}, "addon": {"addonVersion": "bent"}}
    keys |= {"access": {"userName": "bent"}, "access-policy": {"policyArn": "bent"}, "driver-role": {"path": "bent"}}
    keys |= {"capacity-tag": {"autoscalingGroupName": "bent"}, "policy": {"policy": "bent"}}
    keys |= {"rule": {"description": "bent"}, "target": {"arn": "bent"}}
    if child in keys and not by_child:
        return keys[child]
    if child.endswith("role-policy"):
        return {"policyArn": "bent"}
    return {next((key for key, value in one.inputs.items() if isinstance(value, str)), "name"): "bent"}


@pytest.mark.parametrize("kind", COMPONENTS)
def test_an_unknown_child_to_bend_gives_the_nearest(kind: str) -> None:
    component, args = COMPONENTS[kind]
    with pytest.raises(InvalidArgumentsError, match=r"transforms\.nonsense: unknown child, got 'nonsense'"):
        recorded(lambda: component("it", {**args, "transforms": {"nonsense": {}}}))  # pyright: ignore


@pytest.mark.parametrize("kind", COMPONENTS)
def test_nothing_is_made_when_an_argument_is_wrong(kind: str) -> None:
    component, args = COMPONENTS[kind]
    found = record(
        lambda: component("it", {**args, "nonsense": 1}),  # pyright: ignore
        keep_failures=True,
    )
    assert found.resources == []
    assert "nonsense: unknown key, " in str(found.recording.failures[0].error)


@pytest.mark.parametrize(
    "kind", [kind for kind in COMPONENTS if kind.startswith(("Gke", "Eks", "Karpenter", "ClusterAutoscaler"))]
)
def test_what_clouds_get_is_what_their_sdk_takes(kind: str) -> None:
    for child in made(kind).children("it"):
        if child.package in ("gcp", "aws"):
            assert check_inputs(child.type, child.inputs) == []


def test_empty_labels_are_left_out_since_each_up_would_add_them_again() -> None:
    nothing = {"metadata": {"labels": {}, "annotations": {}}}
    limits = made("TenantNamespace", transforms={"limits": nothing}).one("LimitRange")
    assert limits.inputs["metadata"] == {"name": "defaults", "namespace": "ml"}


def test_gpu_nodes_are_tainted_on_both_clouds() -> None:
    taint = [{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}]
    assert made("GkeGpuNodePool").one("NodePool").inputs["nodeConfig"]["taints"] == taint
    assert made("EksGpuNodePool").one("NodeGroup").inputs["taints"] == taint


def test_counts_that_the_autoscaler_owns_may_drift() -> None:
    assert made("GkeGpuNodePool").one("NodePool").ignore_changes == ("initialNodeCount", "nodeCount")
    assert made("EksGpuNodePool").one("NodeGroup").ignore_changes == ("scalingConfig.desiredSize",)


def test_spot_is_said_in_each_clouds_own_words() -> None:
    assert made("GkeGpuNodePool", provisioning_model="spot").one("NodePool").inputs["nodeConfig"]["spot"] is True
    assert made("EksGpuNodePool", capacity_type="spot").one("NodeGroup").inputs["capacityType"] == "SPOT"


def test_a_new_kubeconfig_never_replaces_what_is_in_a_cluster() -> None:
    provider = made("GkeCluster").one("pulumi:providers:kubernetes")
    assert provider.inputs["clusterIdentifier"] == "projects/acme/locations/us-central1/clusters/it"


def test_no_credential_is_in_a_kubeconfig() -> None:
    for kind, command in (("GkeCluster", "gke-gcloud-auth-plugin"), ("EksCluster", "get-token")):
        kubeconfig = made(kind).one("pulumi:providers:kubernetes").inputs["kubeconfig"]
        assert command in kubeconfig
        assert not any(word in kubeconfig for word in ("token:", "password", "client-key"))


def test_the_device_plugin_is_refused_where_gke_advertises_the_gpus_already() -> None:
    def program() -> None:
        pool = gpuplane.GkeGpuNodePool("t4", GKE_POOL)
        gpuplane.NvidiaDevicePlugin("gpus", {"pools": [pool.facts]})

    assert told(lambda: recorded(program)) == [
        "pools[0]: pool 't4' has its GPUs advertised by 'gke' already, allowed: one advertiser a node, "
        "fix: set the pool's driver to 'disabled' and install a driver, or leave the pool out"
    ]


def test_the_device_plugin_is_taken_where_nobody_else_advertises_them() -> None:
    def program() -> None:
        pools = [
            gpuplane.GkeGpuNodePool("t4", {**GKE_POOL, "driver": "disabled"}),
            gpuplane.EksGpuNodePool("x", EKS_POOL),
        ]
        gpuplane.NvidiaDevicePlugin("gpus", {"pools": [pool.facts for pool in pools]})

    daemon_set = recorded(program).one("DaemonSet")
    assert daemon_set.inputs["spec"]["template"]["spec"]["nodeSelector"] == {"nvidia.com/gpu.present": "true"}


def test_a_tenants_namespace_is_known_only_when_its_quota_is_there() -> None:
    def program() -> None:
        tenant = gpuplane.TenantNamespace("team", {"namespace": "ml", "quota": {"gpus": 1}})
        k8s.core.v1.ConfigMap("inside", metadata={"namespace": tenant.namespace})

    found = recorded(program)
    assert found.one("ResourceQuota").urn in found.one("ConfigMap").dependencies


def test_a_quota_counts_requests_of_gpus_since_limits_would_count_nothing() -> None:
    hard = made("TenantNamespace").one("ResourceQuota", "it-quota").inputs["spec"]["hard"]
    assert hard == {"requests.nvidia.com/gpu": "2"}


def test_replicas_are_the_autoscalers() -> None:
    found = made("ModelServer")
    assert "replicas" not in found.one("Deployment").inputs["spec"]
    assert found.one("HorizontalPodAutoscaler").inputs["spec"]["minReplicas"] == 2


def test_a_secret_is_never_in_clear() -> None:
    made("ModelServer").assert_not_in_clear("hunter2")


def test_config_and_secrets_are_auto_named_so_that_a_change_rolls_the_pods() -> None:
    found = made("ModelServer")
    assert "name" not in found.one("ConfigMap", "it-config").inputs["metadata"]
    assert "name" not in found.one("Secret").inputs["metadata"]
    (server,) = found.one("Deployment").inputs["spec"]["template"]["spec"]["containers"]
    names = [next(iter(source.values()))["name"] for source in server["envFrom"]]
    assert [name.rpartition("-")[0] for name in names] == ["it-config", "it-secret"]


def test_the_startup_probe_waits_for_the_load_budget() -> None:
    found = made("ModelServer", probes={"load_seconds": 605})
    spec = found.one("Deployment").inputs["spec"]
    probe = spec["template"]["spec"]["containers"][0]["startupProbe"]
    assert probe["failureThreshold"] * probe["periodSeconds"] == 610
    assert spec["progressDeadlineSeconds"] == 600 + 605 + 10


@pytest.mark.parametrize(
    ("scaling", "nodes", "expected"),
    [
        ({"min_replicas": 1, "max_replicas": 3}, 4, {"maxSurge": 1, "maxUnavailable": 0}),
        ({"min_replicas": 1, "max_replicas": 4}, 4, {"maxSurge": 0, "maxUnavailable": 1}),
        ({"min_replicas": 1, "max_replicas": 1}, 1, None),
    ],
    ids=["a spare GPU", "no spare GPU", "the only GPU"],
)
def test_an_update_never_waits_for_a_gpu_that_cannot_come(
    scaling: dict[str, int], nodes: int, expected: dict[str, int] | None
) -> None:
    def program() -> None:
        pool = gpuplane.GkeGpuNodePool("t4", {**GKE_POOL, "max_nodes": nodes})
        gpuplane.ModelServer("it", {**SERVER, "gpu": {"pool": pool.facts}, "scaling": scaling})

    strategy = recorded(program).one("Deployment").inputs["spec"]["strategy"]
    assert strategy.get("rollingUpdate") == expected
    assert strategy["type"] == ("RollingUpdate" if expected else "Recreate")


def test_a_server_with_gpus_lands_where_they_are_and_one_without_goes_anywhere() -> None:
    def program() -> None:
        pool = gpuplane.EksGpuNodePool("t4", EKS_POOL)
        gpuplane.ModelServer("it", {**SERVER, "gpu": {"pool": pool.facts, "count": 1}})

    pod = recorded(program).one("Deployment").inputs["spec"]["template"]["spec"]
    assert pod["nodeSelector"] == {"k8s.amazonaws.com/accelerator": "t4"}
    assert pod["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    plain = made("ModelServer").one("Deployment").inputs["spec"]["template"]["spec"]
    assert "nodeSelector" not in plain
    assert "tolerations" not in plain


def test_more_gpus_than_a_node_has_are_refused() -> None:
    def program() -> None:
        pool = gpuplane.GkeGpuNodePool("t4", GKE_POOL)
        gpuplane.ModelServer("it", {**SERVER, "gpu": {"pool": pool.facts, "count": 2}})

    with pytest.raises(InvalidArgumentsError, match="gpu.count: must fit one node, got 2, allowed: at most 1 on n1-"):
        recorded(program)


def test_everything_public_is_exported_and_loads() -> None:
    assert sorted(gpuplane.__all__) == gpuplane.__all__
    assert all(getattr(gpuplane, name) is not None for name in gpuplane.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Nonsense'"):
        _ = gpuplane.Nonsense  # pyright: ignore


@pytest.mark.parametrize(("program", "absent"), [("GkeGpuNodePool", "pulumi_aws"), ("EksGpuNodePool", "pulumi_gcp")])
def test_a_program_for_one_cloud_never_loads_the_others_sdk(program: str, absent: str) -> None:
    import subprocess
    import sys

    code = f"import sys, gpuplane; gpuplane.{program}; sys.exit({absent!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=False).returncode == 0


class NoCluster:
    """What a preview knows before there is a cluster: nothing that the provider would say."""

    def create(self, resource: RecordedResource) -> tuple[str, dict[str, Any]]:
        return "", {"metadata": UNKNOWN}

    def call(self, token: str, args: Mapping[str, Any], provider: str) -> Mapping[str, Any]:
        raise NotImplementedError(token)


def test_before_there_is_a_cluster_a_preview_knows_every_name_that_was_given() -> None:
    def program() -> None:
        tenant = gpuplane.TenantNamespace("team", TENANT)
        gpuplane.ModelServer("bert", {**SERVER, "namespace": tenant.namespace})

    found = {one.name: one.inputs for one in run(program, NoCluster(), missing_is_unknown=True).resources}
    autoscaler = found["bert-autoscaler"]
    assert (autoscaler["metadata"]["namespace"], autoscaler["spec"]["scaleTargetRef"]["name"]) == ("ml", "bert")
    assert found["team-limits"]["metadata"]["namespace"] == "ml"
    # What the provider names is known when it is there.
    pod = found["bert-deployment"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["envFrom"][0]["configMapRef"]["name"] is UNKNOWN
