"""A tenant's namespace: what is refused, and what its guards say."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpuplane import InvalidArgumentsError
from gpuplane.kubernetes import quantity
from gpuplane.tenancy.access import ci_rules, team_rules
from gpuplane.tenancy.args import TenantNamespaceArgs
from gpuplane.tenancy.limits import limit_range_spec
from gpuplane.tenancy.network import TenantNetwork, network_policies
from gpuplane.tenancy.preset import TenantPreset
from gpuplane.tenancy.priority import Priority, priority_class_inputs
from gpuplane.tenancy.quota import TenantQuota

Q = "allowed: a number with m, k, M, G, T, Ki, Mi, Gi or Ti"


def problems(**args: Any) -> list[str]:
    with pytest.raises(InvalidArgumentsError) as caught:
        TenantNamespaceArgs.parse('TenantNamespace "team"', {"namespace": "ml", **args})
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (
            {"namespace": "ML_prod"},
            "namespace: must be at most 63 lower-case letters, digits and '-', got 'ML_prod'",
        ),
        (
            {"namespace": "kube-system"},
            "namespace: reserved by Kubernetes, got 'kube-system', fix: another name",
        ),
        (
            {"pod_security": "strict"},
            "pod_security: should be 'restricted', 'baseline' or 'privileged', got 'strict'",
        ),
        (
            {"pod_security_version": "1.36"},
            "pod_security_version: must be a minor version, got '1.36', allowed: latest, such as v1.36",
        ),
        (
            {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}},
            "labels['pod-security.kubernetes.io/enforce']: set by the component, "
            "fix: pod_security, pod_security_version",
        ),
        (
            {"labels": {"Example.com/x": "c"}},
            "labels['Example.com/x']: prefix must be a lower-case DNS name, got 'Example.com/x'",
        ),
        (
            {"labels": {"team": "ml platform"}},
            "labels['team']: must be at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last, "
            "got 'ml platform'",
        ),
        ({"access": {"team": [""]}}, "access.team: group names must not be empty, got ''"),
        ({"access": {"ci": ["ci", ""]}}, "access.ci: group names must not be empty, got ''"),
        (
            {"network": {"monitoring_namespaces": ["Monitoring"]}},
            "network.monitoring_namespaces[0]: must be a namespace, got 'Monitoring', such as monitoring",
        ),
        (
            {"network": {"gateway_namespaces": ["doors", "a.b"]}},
            "network.gateway_namespaces[1]: must be a namespace, got 'a.b', such as monitoring",
        ),
        (
            {"network": {"https_cidrs": ["10.0.0.0/255.0.0.0"]}},
            "network.https_cidrs[0]: must be a CIDR, got '10.0.0.0/255.0.0.0', such as 10.8.0.0/24",
        ),
        ({"preset": "batch"}, "preset: should be 'serving' or 'training', got 'batch'"),
        ({"quota": {"cpu": "lots"}}, f"quota.cpu: not a quantity, got 'lots', {Q}"),
        ({"quota": {"memory": "-1Gi"}}, "quota.memory: must be at least 0, got '-1Gi'"),
        ({"quota": {"storage": "1 TB"}}, f"quota.storage: not a quantity, got '1 TB', {Q}"),
        ({"quota": {"gpus": -1}}, "quota.gpus: must be at least 0, got -1"),
        ({"quota": {"persistent_volume_claims": -1}}, "quota.persistent_volume_claims: must be at least 0, got -1"),
        (
            {"quota": {"gpu_resources": {"nvidia.com/gpu": 1}}},
            "quota.gpu_resources.nvidia.com/gpu: must not be the resource of whole GPUs, fix: gpus",
        ),
        (
            {"quota": {"gpu_resources": {"gpus": 1}}},
            "quota.gpu_resources.gpus: must be an extended resource, such as nvidia.com/mig-1g.5gb",
        ),
        (
            {"quota": {"gpu_resources": {"nvidia.com/gpu.shared": -4}}},
            "quota.gpu_resources.nvidia.com/gpu.shared: must be at least 0, got -4",
        ),
        (
            {"quota": {"objects": {"jobs": 5}}},
            "quota.objects.jobs: not counted by a quota, allowed: pods, services, services.loadbalancers, "
            "services.nodeports, configmaps, secrets, count/RESOURCE",
        ),
        ({"quota": {"objects": {"pods": -1}}}, "quota.objects.pods: must be at least 0, got -1"),
        (
            {"quota": {"serving": {}}},
            "quota.serving: must limit something, got nothing, allowed: pods, cpu, memory",
        ),
        ({"quota": {"batch": {"pods": -2}}}, "quota.batch.pods: must be at least 0, got -2"),
        (
            {"quota": {"batch": {"gpus": 2}}},
            "quota.batch.gpus: unknown key, allowed: pods, cpu, memory",
        ),
        (
            {"network": {"gateway_cidrs": ["10.0.0.0"]}},
            "network.gateway_cidrs[0]: must be a CIDR, got '10.0.0.0', such as 10.8.0.0/24",
        ),
        (
            {"network": {"https_cidrs": ["everywhere"]}},
            "network.https_cidrs[0]: must be a CIDR, got 'everywhere', such as 10.8.0.0/24",
        ),
    ],
)
def test_what_is_wrong_is_named(args: dict[str, Any], expected: str) -> None:
    assert problems(**args) == [expected]


def test_gpus_are_counted_by_every_name_they_go_by_and_only_as_requests() -> None:
    quota = TenantQuota(gpus=4, gpu_resources={"nvidia.com/mig-1g.5gb": 14}, storage="1Ti", objects={"secrets": 9})
    assert quota.hard == {
        "requests.nvidia.com/gpu": "4",
        "requests.nvidia.com/mig-1g.5gb": "14",
        "requests.storage": "1Ti",
        "secrets": "9",
    }


def test_a_training_namespace_opens_nothing_to_the_world_unless_told() -> None:
    closed = TenantNamespaceArgs(namespace="ml", preset=TenantPreset.TRAINING)
    assert closed.hard == {"services.loadbalancers": "0", "services.nodeports": "0"}
    told = TenantQuota(objects={"services.loadbalancers": 1})
    opened = TenantNamespaceArgs(namespace="ml", preset=TenantPreset.TRAINING, quota=told)
    assert opened.hard["services.loadbalancers"] == "1"
    assert "gateway" not in network_policies(TenantNetwork(), TenantPreset.TRAINING)


MEBIBYTES = st.integers(1, 2**20).map(lambda number: f"{number}Mi")
MILLICORES = st.integers(1, 10**5).map(lambda number: f"{number}m")


@settings(max_examples=60)
@given(st.none() | MILLICORES, st.none() | MEBIBYTES)
def test_a_container_that_says_nothing_passes_the_quota(cpu: str | None, memory: str | None) -> None:
    (container,) = limit_range_spec(TenantQuota(cpu=cpu, memory=memory))["limits"]
    request = container["defaultRequest"]
    assert quantity.parse(request["cpu"]) <= quantity.parse(cpu or "1E")
    assert quantity.parse(request["memory"]) <= quantity.parse(memory or "1E")
    assert quantity.parse(request["memory"]) <= quantity.parse(container["default"]["memory"])


def test_everything_is_denied_that_no_other_policy_lets_through() -> None:
    policies = network_policies(TenantNetwork(), TenantPreset.SERVING)
    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert set(policies) == {
        "default-deny", "same-namespace", "dns", "credentials", "https", "scraping", "gateway",
    }  # fmt: skip
    assert all(policy["podSelector"] == {} for policy in policies.values())


def test_the_gateway_and_the_scraper_are_let_in_by_their_namespaces_and_addresses() -> None:
    network = TenantNetwork(gateway_namespaces=["doors"], gateway_cidrs=["10.0.0.0/24"], monitoring_namespaces=["eyes"])
    policies = network_policies(network, TenantPreset.SERVING)
    assert policies["gateway"]["ingress"] == [
        {
            "from": [
                {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "doors"}}},
                {"ipBlock": {"cidr": "10.0.0.0/24"}},
            ]
        }
    ]
    assert policies["scraping"]["ingress"] == [
        {"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "eyes"}}}]}
    ]


def test_https_goes_to_the_internet_and_not_to_what_is_near() -> None:
    (rule,) = network_policies(TenantNetwork(), TenantPreset.SERVING)["https"]["egress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}]
    assert "169.254.0.0/16" in rule["to"][0]["ipBlock"]["except"]
    assert "https" not in network_policies(TenantNetwork(https_cidrs=[]), TenantPreset.SERVING)


def rules_for(rules: list[dict[str, Any]], resource: str) -> set[str]:
    return {verb for rule in rules if resource in rule["resources"] for verb in rule["verbs"]}


def test_the_team_reads_everything_but_secrets_and_restarts_pods() -> None:
    assert rules_for(team_rules(), "secrets") == set()
    assert rules_for(team_rules(), "pods") == {"get", "list", "watch", "delete"}
    assert rules_for(team_rules(), "deployments") == {"get", "list", "watch"}
    assert rules_for(team_rules(), "pods/log") == {"get"}


def test_ci_brings_workloads_and_changes_none_of_what_guards_the_tenant() -> None:
    assert {"create", "patch", "delete"} <= rules_for(ci_rules(), "deployments")
    assert {"create", "patch", "delete"} <= rules_for(ci_rules(), "secrets")
    for guard in ("resourcequotas", "limitranges", "networkpolicies"):
        assert rules_for(ci_rules(), guard) == {"get", "list", "watch"}
    for never in ("roles", "rolebindings", "pods/exec"):
        assert rules_for(ci_rules(), never) == set()


def test_serving_goes_before_batch_and_batch_takes_nobodys_place() -> None:
    serving, batch = (priority_class_inputs("ml", priority) for priority in (Priority.SERVING, Priority.BATCH))
    assert serving["value"] > batch["value"] > 0
    assert (serving["preemptionPolicy"], batch["preemptionPolicy"]) == ("PreemptLowerPriority", "Never")
    assert (serving["metadata"]["name"], batch["metadata"]["name"]) == ("ml-serving", "ml-batch")
