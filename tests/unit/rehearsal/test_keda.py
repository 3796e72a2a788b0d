"""The autoscaler that KEDA's operator makes, as a rehearsal makes it."""

from typing import Any

import pytest

from gpuplane.rehearsal.controllers.keda import autoscaler, is_created_by_keda


def scaled(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "bert", "namespace": "ml", "uid": "1"},
        "spec": {"scaleTargetRef": {"name": "bert"}, "triggers": [], **spec},
    }


@pytest.mark.parametrize(
    ("counts", "expected"),
    [({}, (1, 100)), ({"minReplicaCount": 0, "maxReplicaCount": 4}, (1, 4)), ({"minReplicaCount": 2}, (2, 100))],
)
def test_it_scales_from_one_at_least_to_the_most_that_is_said(
    counts: dict[str, int], expected: tuple[int, int]
) -> None:
    spec = autoscaler(scaled(**counts))["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == expected
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "bert"}


def test_each_trigger_is_a_metric() -> None:
    triggers = [{"type": "prometheus"}, {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "60"}}]
    external, resource = autoscaler(scaled(triggers=triggers))["spec"]["metrics"]
    assert external["external"]["metric"]["name"] == "s0-prometheus"
    assert resource["resource"] == {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}


def test_its_pace_and_name_are_the_scaled_objects() -> None:
    behavior = {"scaleDown": {"stabilizationWindowSeconds": 600}}
    made = autoscaler(scaled(advanced={"horizontalPodAutoscalerConfig": {"name": "own", "behavior": behavior}}))
    assert (made["metadata"]["name"], made["spec"]["behavior"]) == ("own", behavior)


def test_it_is_known_as_kedas() -> None:
    assert is_created_by_keda(autoscaler(scaled()))
    assert not is_created_by_keda({"metadata": {"name": "bert"}})
