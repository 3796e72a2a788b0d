"""What the metrics APIs of a rehearsal answer under load, and what must serve them in the real cluster."""

from typing import Any

import pytest

from gpuplane.platforms import Platform
from gpuplane.recording import RecordedResource, Recording
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.metrics.notes import notes
from gpuplane.rehearsal.metrics.usage import answer, matches

POD: dict[str, Any] = {
    "metadata": {"namespace": "ml", "name": "bert-1", "labels": {"app": "bert"}},
    "spec": {"containers": [{"name": "server", "resources": {"requests": {"cpu": "2", "memory": "1Gi"}}}]},
    "status": {"phase": "Running"},
}


def autoscaler(*metrics: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"namespace": "ml", "name": "bert"}, "spec": {"metrics": list(metrics)}}


def target(kind: str, name: str, value: str) -> dict[str, Any]:
    return {"type": kind, kind.lower(): {"metric": {"name": name}, "target": {"averageValue": value}}}


def snapshot(*metrics: dict[str, Any], pods: tuple[dict[str, Any], ...] = (POD,)) -> Snapshot:
    return Snapshot(**{**vars(Snapshot.empty()), "pods": list(pods), "autoscalers": [autoscaler(*metrics)]})


def items(path: str, factor: float, seen: Snapshot, selector: str = "app=bert") -> list[dict[str, Any]]:
    found = answer(path, selector, seen, factor)
    assert found
    return found["items"]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("", True),
        ("app=bert", True),
        ("app==bert,tier!=gold", True),
        ("app=gpt", False),
        ("app in (gpt, bert)", True),
        ("app notin (gpt,bert)", False),
        ("app", True),
        ("!app", False),
        ("tier", False),
        ("app in (bert),!tier", True),
    ],
)
def test_a_selector_is_read_as_kubernetes_writes_it(selector: str, expected: bool) -> None:
    assert matches(selector, {"app": "bert"}) is expected


def test_a_pod_uses_the_load_times_what_it_asks_for() -> None:
    (item,) = items("/apis/metrics.k8s.io/v1beta1/namespaces/ml/pods", 0.5, snapshot())
    assert item["metadata"]["name"] == "bert-1"
    assert item["containers"] == [{"name": "server", "usage": {"cpu": "1000m", "memory": f"{2**29 * 1000}m"}}]


def test_a_pod_that_does_not_run_uses_nothing() -> None:
    pending = {**POD, "status": {"phase": "Pending"}}
    assert items("/apis/metrics.k8s.io/v1beta1/namespaces/ml/pods", 1, snapshot(pods=(pending,))) == []


def test_another_namespaces_pods_are_not_shown() -> None:
    assert items("/apis/metrics.k8s.io/v1beta1/namespaces/other/pods", 1, snapshot()) == []


@pytest.mark.parametrize("version", ["v1beta1", "v1beta2"])
def test_a_metric_of_pods_is_the_load_times_what_the_autoscaler_aims_at(version: str) -> None:
    seen = snapshot(target("Pods", "requests_per_second", "100"))
    (item,) = items(f"/apis/custom.metrics.k8s.io/{version}/namespaces/ml/pods/*/requests_per_second", 2, seen)
    assert (item["describedObject"]["name"], item["value"]) == ("bert-1", "200000m")


def test_an_external_metric_is_the_load_times_what_the_autoscaler_aims_at() -> None:
    seen = snapshot(target("External", "queue", "5"))
    (item,) = items("/apis/external.metrics.k8s.io/v1beta1/namespaces/ml/queue", 2, seen)
    assert (item["metricName"], item["value"]) == ("queue", "10000m")


@pytest.mark.parametrize("group", ["metrics.k8s.io/v1beta1", "custom.metrics.k8s.io/v1beta2"])
def test_each_group_says_what_it_serves(group: str) -> None:
    found = answer(f"/apis/{group}", "", snapshot(), 1)
    assert found
    assert (found["kind"], found["groupVersion"]) == ("APIResourceList", group)


def test_any_other_path_has_no_answer() -> None:
    assert answer("/openapi/v2", "", snapshot(), 1) is None


CPU = {"type": "Resource", "resource": {"name": "cpu"}}


def made(*resources: tuple[str, dict[str, Any]]) -> Recording:
    return Recording(
        resources=[RecordedResource(f"urn:{kind}", kind, "one", True, inputs) for kind, inputs in resources]
    )


@pytest.mark.parametrize(
    ("platform", "resources", "expected"),
    [
        (Platform.GKE, (), []),
        (Platform.EKS, (), ["CPU and memory from metrics.k8s.io"]),
        (Platform.EKS, (("aws:eks/addon:Addon", {"addonName": "metrics-server"}),), []),
        (Platform.KUBECONFIG, (), ["CPU and memory from metrics.k8s.io"]),
    ],
)
def test_a_platform_without_metrics_server_is_noted(
    platform: Platform, resources: tuple[tuple[str, dict[str, Any]], ...], expected: list[str]
) -> None:
    assert notes(snapshot(CPU), made(*resources), platform) == [
        f"autoscalers read {one}, which neither the platform nor the stack serves: simulated here" for one in expected
    ]


def test_a_metric_that_an_adapter_of_the_program_serves_is_not_noted() -> None:
    seen = snapshot(target("Pods", "requests_per_second", "100"))
    assert len(notes(seen, made(), Platform.GKE)) == 1
    adapter = ("kubernetes:apiregistration.k8s.io/v1:APIService", {"spec": {"group": "custom.metrics.k8s.io"}})
    assert notes(seen, made(adapter), Platform.GKE) == []
