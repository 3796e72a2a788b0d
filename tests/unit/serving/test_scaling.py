"""Who owns the replicas, how fast they come and go, and what no autoscaler could do."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpuplane import InvalidArgumentsError, ModelServer
from gpuplane.serving.scaling.args import Scaling
from gpuplane.serving.scaling.horizontal import autoscaler_spec
from gpuplane.sizing.peak import Claim, shortfalls
from gpuplane.testing import record

PROMETHEUS = "http://prometheus-operated.monitoring:9090"
QUEUE = {"server_address": PROMETHEUS, "metric": "vllm:num_requests_waiting"}
GATEWAY = {"server_address": PROMETHEUS, "query": 'sum(envoy_cluster_upstream_rq_active{cluster=~".*bert.*"})'}
SERVER: dict[str, Any] = {
    "namespace": "ml",
    "image": "registry.example.com/server:v1",
    "cpu": {"request": "2", "limit": "4"},
    "memory": {"request": "4Gi", "limit": "8Gi"},
}


def problems(**scaling: Any) -> list[str]:
    try:
        Scaling.parse("it", scaling)
    except InvalidArgumentsError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("scaling", "expected"),
    [
        (
            {"min_replicas": 0},
            "min_replicas: must be from 1 to max_replicas, got 0, max_replicas is 10, "
            "fix: 1, or scale to zero by queue",
        ),
        ({"min_replicas": 11}, "min_replicas: must be from 1 to max_replicas, got 11, max_replicas is 10"),
        (
            {"min_replicas": 0, "max_replicas": 0, "queue": GATEWAY},
            "min_replicas: must be from 0 to max_replicas, got 0, max_replicas is 0",
        ),
        ({"cpu_percent": -1}, "cpu_percent: must be at least 0, which ignores it, got -1"),
        (
            {"cpu_percent": 0, "memory_percent": 0},
            "must have a metric, got none, allowed: cpu_percent, memory_percent, pods_metrics, external_metrics, queue",
        ),
        (
            {"pods_metrics": {"rate": "many"}},
            "pods_metrics.rate: not a quantity, got 'many', allowed: a number with m, k, M, G, T, Ki, Mi, Gi or Ti",
        ),
        (
            {"external_metrics": {"jobs": {"per_replica": "few"}}},
            "external_metrics.jobs.per_replica: not a quantity, got 'few', "
            "allowed: a number with m, k, M, G, T, Ki, Mi, Gi or Ti",
        ),
        ({"pods_metrics": {"a b": "1"}}, "pods_metrics: must have a metric's name, got 'a b'"),
        (
            {"external_metrics": {"pubsub.googleapis.com/size": {"per_replica": "1"}}},
            "pods_metrics: must have a metric's name, got 'pubsub.googleapis.com/size'",
        ),
        ({"pods_metrics": {"rate": "0"}}, "pods_metrics.rate: must be more than 0, got '0'"),
        (
            {"external_metrics": {"jobs": {"per_replica": "1", "labels": {"queue": "a b"}}}},
            "external_metrics.jobs.labels['queue']: must be at most 63 letters, digits, '-', '_' and '.', "
            "a letter or digit first and last, got 'a b'",
        ),
        ({"up": {"pods": 0}}, "up: required: pods or percent, got neither"),
        ({"up": {"pods": -1}}, "up.pods: must be at least 0, got -1"),
        ({"down": {"percent": -1}}, "down.percent: must be at least 0, got -1"),
        ({"down": {"period_seconds": 1801}}, "down.period_seconds: must be from 1 to 1800, got 1801"),
        ({"up": {"stabilization_seconds": 3601}}, "up.stabilization_seconds: must be from 0 to 3600, got 3601"),
        (
            {"queue": QUEUE, "pods_metrics": {"rate": "100"}},
            "queue: must be alone, got rate as well: an autoscaler of its own and KEDA's would both write the replicas",
        ),
        ({"queue": {"server_address": PROMETHEUS}}, "queue: must have either metric or query, got neither"),
        ({"queue": {**QUEUE, "query": "up"}}, "queue: must have either metric or query, got both"),
        (
            {"queue": {**QUEUE, "metric": "sum(x)"}},
            "queue.metric: must be a metric's name, got 'sum(x)', fix: query for an expression",
        ),
        ({"queue": {**QUEUE, "server_address": "prometheus"}}, "queue.server_address: must be a URL, got 'prometheus'"),
        ({"queue": {**QUEUE, "per_replica": 0}}, "queue.per_replica: must be at least 1, got 0"),
        (
            {"min_replicas": 0, "queue": QUEUE},
            "queue.metric: must not be the server's own with min_replicas 0, got 'vllm:num_requests_waiting': with no "
            "replica nobody reports it, and zero would stay zero, fix: query, over a metric of the gateway's",
        ),
    ],
)
def test_what_no_autoscaler_could_do_is_refused(scaling: dict[str, Any], expected: str) -> None:
    assert problems(**scaling) == [expected]


def test_the_source_documents_autoscaler_is_what_its_numbers_make() -> None:
    args = Scaling.parse(
        "it", {"min_replicas": 2, "max_replicas": 10, "pods_metrics": {"inference_requests_per_second": "100"}}
    )
    assert autoscaler_spec(args, "model-server") == {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "model-server"},
        "minReplicas": 2,
        "maxReplicas": 10,
        "behavior": {
            "scaleUp": {
                "stabilizationWindowSeconds": 60,
                "policies": [{"type": "Pods", "value": 2, "periodSeconds": 60}],
            },
            "scaleDown": {
                "stabilizationWindowSeconds": 300,
                "policies": [{"type": "Pods", "value": 1, "periodSeconds": 120}],
            },
        },
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
            },
            {
                "type": "Resource",
                "resource": {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 80}},
            },
            {
                "type": "Pods",
                "pods": {
                    "metric": {"name": "inference_requests_per_second"},
                    "target": {"type": "AverageValue", "averageValue": "100"},
                },
            },
        ],
    }


def test_what_is_0_is_not_in_the_autoscaler() -> None:
    args = Scaling.parse("it", {"memory_percent": 0, "up": {"pods": 0, "percent": 50}})
    spec = autoscaler_spec(args, "bert")
    assert [metric["resource"]["name"] for metric in spec["metrics"]] == ["cpu"]
    assert [policy["type"] for policy in spec["behavior"]["scaleUp"]["policies"]] == ["Percent"]


def test_a_metric_that_is_no_pods_is_external_and_one_number_of_a_pace_leaves_the_others() -> None:
    jobs = {"jobs_waiting": {"per_replica": "30", "labels": {"queue": "bert"}}}
    args = Scaling.parse("it", {"cpu_percent": 0, "memory_percent": 0, "external_metrics": jobs, "up": {"percent": 50}})
    spec = autoscaler_spec(args, "bert")
    assert spec["metrics"] == [
        {
            "type": "External",
            "external": {
                "metric": {"name": "jobs_waiting", "selector": {"matchLabels": {"queue": "bert"}}},
                "target": {"type": "AverageValue", "averageValue": "30"},
            },
        }
    ]
    assert spec["behavior"]["scaleUp"] == {
        "stabilizationWindowSeconds": 60,
        "policies": [
            {"type": "Pods", "value": 2, "periodSeconds": 60},
            {"type": "Percent", "value": 50, "periodSeconds": 60},
        ],
    }


def test_a_queue_is_kedas_alone() -> None:
    scaling = {"min_replicas": 1, "max_replicas": 4, "queue": QUEUE}
    found = record(lambda: ModelServer("bert", {**SERVER, "scaling": scaling}))
    assert found.all("HorizontalPodAutoscaler") == []
    scaled = found.one("ScaledObject").inputs
    assert scaled["apiVersion"] == "keda.sh/v1alpha1"
    assert scaled["spec"]["scaleTargetRef"] == {"name": "bert"}
    assert (scaled["spec"]["minReplicaCount"], scaled["spec"]["maxReplicaCount"]) == (1, 4)
    (trigger,) = scaled["spec"]["triggers"]
    assert trigger["metadata"] == {
        "serverAddress": PROMETHEUS,
        "query": 'sum(vllm:num_requests_waiting{namespace="ml",pod=~"bert-[a-z0-9]+-[a-z0-9]+"})',
        "threshold": "10",
    }
    assert "replicas" not in found.one("Deployment").inputs["spec"]


def test_a_server_scales_to_zero_by_what_its_gateway_sees() -> None:
    scaling = {"min_replicas": 0, "max_replicas": 2, "queue": {**GATEWAY, "cooldown_seconds": 900}}
    spec = record(lambda: ModelServer("bert", {**SERVER, "scaling": scaling})).one("ScaledObject").inputs["spec"]
    assert (spec["minReplicaCount"], spec["cooldownPeriod"]) == (0, 900)


@pytest.mark.parametrize("replicas", [1, 2, 10])
def test_a_disruption_budget_never_blocks_a_drain(replicas: int) -> None:
    scaling = {"min_replicas": 1, "max_replicas": replicas}
    budget = record(lambda: ModelServer("bert", {**SERVER, "scaling": scaling})).one("PodDisruptionBudget").inputs
    assert budget["spec"]["maxUnavailable"] == 1
    assert budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    assert "minAvailable" not in budget["spec"]


def test_what_servers_may_grow_to_is_told_where_their_pool_cannot_hold_it() -> None:
    claims = [Claim("bert", "t4", 6, 1), Claim("bert-v2", "t4", 2, 2), Claim("llama", "a100", 1, 8)]
    assert list(shortfalls(claims, {"t4": 8, "a100": 8})) == [
        "pool t4 has at most 8 GPUs, its servers and jobs may ask for 10: bert 6 x 1, bert-v2 2 x 2"
    ]
    assert list(shortfalls(claims, {"t4": 10, "a100": 8})) == []


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(1, 4)), min_size=1, max_size=4),
    st.integers(0, 40),
)
def test_a_shortfall_is_told_exactly_when_all_at_once_do_not_fit(asked: list[tuple[int, int]], max_gpus: int) -> None:
    claims = [Claim(f"s{index}", "t4", replicas, each) for index, (replicas, each) in enumerate(asked)]
    fits = sum(replicas * each for replicas, each in asked) <= max_gpus
    assert (list(shortfalls(claims, {"t4": max_gpus})) == []) == fits
