"""What watches over servers and tenants: targets, alerts with runbooks, dashboards, and metrics for autoscalers."""

import json
import re
from typing import Any

import pytest

import gpuplane
from gpuplane import InvalidArgumentsError
from gpuplane.observability.args import AlertThresholds
from gpuplane.observability.custom_metric_rules.adapter_rules import METRIC_NAMES, adapter_rules
from gpuplane.observability.custom_metric_rules.args import CustomMetricRulesArgs
from gpuplane.observability.model_monitoring.alerts import server_rules
from gpuplane.observability.model_monitoring.args import ModelMonitoringArgs
from gpuplane.observability.model_monitoring.dashboard import dashboard, graphs
from gpuplane.observability.promql import latency, pods_of
from gpuplane.observability.tenant_monitoring.alerts import tenant_rules
from gpuplane.serving.runtimes.catalogue import RuntimeMetrics, RuntimeName
from gpuplane.serving.runtimes.catalogue import runtime as preset
from gpuplane.testing import Recorded, record
from projects import ROOT
from refusals import told

LABELS = {"app.kubernetes.io/name": "bert"}
WATCH: dict[str, Any] = {"namespace": "ml", "server": "bert", "selector": LABELS, "has_gpu": True}


def watched(**changes: Any) -> Recorded:
    return record(lambda: gpuplane.ModelMonitoring("bert", {**WATCH, **changes}))


def metrics_of(runtime: str) -> RuntimeMetrics:
    return preset(RuntimeName(runtime)).metrics


def rules_of(runtime: str = "reference", has_gpu: bool = True, **limits: Any) -> dict[str, dict[str, Any]]:
    thresholds = AlertThresholds(**limits)
    spec = server_rules("ml", "bert", metrics_of(runtime), thresholds, 300, has_gpu, "docs/operations.md")
    (group,) = spec["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"collector": "prometheus"},
            "collector: unknown collector, got 'prometheus', nearest: prometheusOperator, googleManagedPrometheus",
        ),
        ({"interval_seconds": 1}, "interval_seconds: must be at least 5, got 1"),
        (
            {"runtime": "kserve"},
            "runtime: should be 'reference', 'vllm', 'triton', 'tgi' or 'torchserve', got 'kserve'",
        ),
        ({"alerts": {"latency_seconds": 0}}, "alerts.latency_seconds: must be above 0, got 0"),
        ({"alerts": {"restarts": 0}}, "alerts.restarts: must be above 0, got 0"),
        ({"alerts": {"gpu_idle_percent": 0}}, "alerts.gpu_idle_percent: must be from 1 to 100, got 0"),
        ({"alerts": {"quota_percent": 101}}, "alerts.quota_percent: must be from 1 to 100, got 101"),
    ],
)
def test_what_could_not_be_watched_is_refused(changes: dict[str, Any], expected: str) -> None:
    assert told(lambda: ModelMonitoringArgs.parse("it", {**WATCH, **changes})) == [expected]


def test_rules_of_an_unknown_runtime_are_refused() -> None:
    with pytest.raises(InvalidArgumentsError, match=r"runtimes\[0\]: should be .*, got 'vlm'"):
        CustomMetricRulesArgs.parse("it", {"namespace": "monitoring", "runtimes": ["vlm"]})


@pytest.mark.parametrize(
    ("collector", "kinds"),
    [
        ("prometheusOperator", {"coreos.com/v1:ServiceMonitor", "coreos.com/v1:PrometheusRule"}),
        (
            "googleManagedPrometheus",
            {"googleapis.com/v1:PodMonitoring", "googleapis.com/v1:Rules"},
        ),
    ],
)
def test_each_collector_gets_its_own_kinds(collector: str, kinds: set[str]) -> None:
    found = watched(collector=collector, labels={"release": "prometheus"}).children("bert")
    custom = [one for one in found if "monitoring" in one.type]
    assert {one.type.removeprefix("kubernetes:monitoring.") for one in custom} == kinds
    assert all(one.inputs["metadata"]["labels"]["release"] == "prometheus" for one in custom)


def test_a_monitor_asks_the_servers_own_port() -> None:
    assert watched().one("ServiceMonitor").inputs["spec"] == {
        "selector": {"matchLabels": LABELS},
        "endpoints": [{"port": "http", "path": "/metrics", "interval": "30s"}],
    }


@pytest.mark.parametrize("child", gpuplane.ModelMonitoring.CHILDREN)
def test_each_of_its_children_can_be_bent(child: str) -> None:
    bent = watched(transforms={child: {"metadata": {"labels": {"bent": "yes"}}}}).children("bert")
    assert [one.name for one in bent if one.inputs["metadata"].get("labels", {}).get("bent")] == [f"bert-{child}"]


def test_a_tenants_quota_is_watched_by_a_rule_of_its_own_that_can_be_bent() -> None:
    patch = {"alerts": {"metadata": {"labels": {"bent": "yes"}}}}
    found = record(lambda: gpuplane.TenantMonitoring("team", {"namespace": "ml", "transforms": patch}))
    rule = found.one("PrometheusRule", "team-alerts").inputs
    assert rule["metadata"] == {"name": "quota", "namespace": "ml", "labels": {"bent": "yes"}}


def test_metrics_at_a_port_of_their_own_are_asked_for_at_the_pods() -> None:
    of_triton = watched(runtime="triton", metrics_port="metrics").one("ServiceMonitor").inputs["spec"]["endpoints"]
    assert of_triton == [{"targetPort": "metrics", "path": "/metrics", "interval": "30s"}]
    on_gke = watched(collector="googleManagedPrometheus", metrics_port="metrics").one("PodMonitoring").inputs["spec"]
    assert on_gke["endpoints"][0]["port"] == "metrics"


def test_nothing_is_made_that_was_not_asked_for() -> None:
    found = watched(alerts={"enabled": False}, dashboard=False)
    assert [one.name for one in found.children("bert")] == ["bert-monitor"]


def test_the_pods_of_a_variant_are_not_the_models() -> None:
    pattern = re.search(r'pod=~"(.*)"', pods_of("ml", "bert"))
    assert pattern
    assert re.fullmatch(pattern[1], "bert-7d9c6b5f4-x2x9z")
    assert not re.fullmatch(pattern[1], "bert-v2-7d9c6b5f4-x2x9z")


@pytest.mark.parametrize("runtime", [name.value for name in RuntimeName])
def test_every_alert_has_a_runbook_that_is_there(runtime: str) -> None:
    runbooks = (ROOT / "docs" / "operations.md").read_text()
    anchors = {f"docs/operations.md#{heading.lower()}" for heading in re.findall(r"^#+ (\w+)$", runbooks, re.MULTILINE)}
    tenant = tenant_rules("ml", AlertThresholds(), "docs/operations.md")["groups"][0]["rules"]
    every = [*rules_of(runtime).values(), *tenant]
    assert {rule["annotations"]["runbook_url"] for rule in every} <= anchors
    assert len(every) == 6


def test_a_replica_is_not_missed_while_it_may_still_load() -> None:
    assert rules_of()["ModelServerReplicasNotReady"]["for"] == "10m"


def test_a_threshold_is_the_alerts() -> None:
    rules = rules_of(latency_seconds=1.5, restarts=7, gpu_idle_percent=20)
    assert rules["ModelServerSlow"]["expr"].endswith(" > 1.5")
    assert rules["ModelServerRestarts"]["expr"].endswith(" >= 7")
    assert rules["GpuIdle"]["expr"].endswith(" < 20")
    (quota,) = tenant_rules("ml", AlertThresholds(quota_percent=80), "x")["groups"][0]["rules"]
    assert quota["expr"].endswith(" > 80")


def test_a_server_without_gpus_has_none_that_could_be_idle() -> None:
    assert "GpuIdle" not in rules_of(has_gpu=False)
    assert not any(
        "DCGM" in line for graph in graphs("ml", "bert", metrics_of("tgi"), False) for line in graph.lines.values()
    )


@pytest.mark.parametrize("runtime", [name.value for name in RuntimeName])
def test_time_is_told_in_seconds_whatever_the_runtime_counts_in(runtime: str) -> None:
    query = latency(metrics_of(runtime), 'namespace="ml"')
    in_microseconds = runtime in ("triton", "torchserve")
    assert query.endswith(" * 0.000001") == in_microseconds
    assert query.startswith("histogram_quantile(0.95, ") != in_microseconds


@pytest.mark.parametrize("runtime", [name.value for name in RuntimeName])
@pytest.mark.parametrize("has_gpu", [True, False])
def test_a_dashboard_is_json_whose_panels_neither_overlap_nor_share_an_id(runtime: str, has_gpu: bool) -> None:
    model = json.loads(dashboard("ml", "bert", metrics_of(runtime), has_gpu))
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in model["panels"]}
    assert len(places) == len(model["panels"]) == len({panel["id"] for panel in model["panels"]})
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in model["panels"])
    assert all(target["expr"] and _balanced(target["expr"]) for panel in model["panels"] for target in panel["targets"])
    assert any(panel["title"] == "GPU utilization" for panel in model["panels"]) == has_gpu


def test_two_servers_have_two_dashboards() -> None:
    uids = {json.loads(dashboard("ml", name, metrics_of("vllm"), True))["uid"] for name in ("bert", "llama")}
    assert len(uids) == 2


def test_a_dashboard_is_found_by_grafanas_sidecar() -> None:
    config_map = watched().one("ConfigMap").inputs
    assert config_map["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert json.loads(config_map["data"]["bert.json"])["title"] == "ml / bert"


@pytest.mark.parametrize("runtime", [name.value for name in RuntimeName])
def test_an_autoscaler_reads_the_same_names_whatever_serves(runtime: str) -> None:
    rules = adapter_rules([metrics_of(runtime)])["rules"]
    names = [rule["name"]["as"] for rule in rules]
    assert set(names) <= set(METRIC_NAMES)
    assert len(set(names)) == len(names) == (2 if runtime == "torchserve" else 3)
    for rule in rules:
        assert "<<.LabelMatchers>>" in rule["metricsQuery"]
        assert "<<.GroupBy>>" in rule["metricsQuery"]
        assert _balanced(rule["metricsQuery"])


def test_the_adapters_rules_are_where_its_chart_reads_them() -> None:
    found = record(lambda: gpuplane.CustomMetricRules("it", {"namespace": "monitoring", "runtimes": ["vllm", "vllm"]}))
    config_map = found.one("ConfigMap").inputs
    assert config_map["metadata"] == {"name": "gpuplane-custom-metrics", "namespace": "monitoring"}
    rules = json.loads(config_map["data"]["config.yaml"])["rules"]
    assert [rule["seriesQuery"].partition("{")[0] for rule in rules] == [
        "vllm:request_success_total",
        "vllm:e2e_request_latency_seconds_bucket",
        "vllm:num_requests_waiting",
    ]


@pytest.mark.parametrize("runtime", [name.value for name in RuntimeName])
def test_every_expression_closes_what_it_opens(runtime: str) -> None:
    assert all(_balanced(rule["expr"]) for rule in rules_of(runtime).values())


def _balanced(expression: str) -> bool:
    return all(expression.count(one) == expression.count(other) for one, other in ("()", "{}", "[]"))
