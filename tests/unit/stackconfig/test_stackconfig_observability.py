"""What watches over a stack: what its config refuses, and what the program makes of it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from golden import assert_golden
from gpuplane import InvalidArgumentsError
from gpuplane.plain.merge_patch import merge
from gpuplane.rendering.render import render_stack
from gpuplane.stackconfig import load
from projects import ROOT, project_with
from refusals import told

BASE: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]["base"]["value"]
PROD: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text())["config"]["gpuplane:overlay"]
SCALING = {"minReplicas": 3, "maxReplicas": 8, "podsMetrics": {"inference_request_rate": "100"}}


@pytest.mark.parametrize(
    ("overlay", "expected"),
    [
        (
            {"observability": {"collector": "google"}},
            "observability.collector: unknown collector, got 'google', "
            "allowed: prometheusOperator, googleManagedPrometheus",
        ),
        (
            {"observability": {"adapter": {"namespace": "monitoring"}}, "models": {"resnet50": {"scaling": SCALING}}},
            "models.resnet50.scaling.podsMetrics.inference_request_rate: unknown metric, got 'inference_request_rate', "
            "nearest: inference_requests_per_second, inference_queue_length",
        ),
    ],
)
def test_what_could_not_be_watched_is_refused_by_its_key(overlay: dict[str, Any], expected: str) -> None:
    with pytest.raises(InvalidArgumentsError) as caught:
        load(BASE, merge(PROD, overlay), "prod")
    assert [str(problem).partition("overlay.")[2] for problem in caught.value.problems] == [expected]


def test_a_metric_is_free_where_the_stack_makes_no_rules_for_the_adapter() -> None:
    overlay = merge(PROD, {"observability": {}, "models": {"resnet50": {"scaling": SCALING}}})
    assert told(lambda: load(BASE, overlay, "prod")) == []


@pytest.mark.parametrize("collector", ["prometheusOperator", "googleManagedPrometheus"])
def test_what_watches_over_a_stack_is_what_was_agreed_on(tmp_path: Path, collector: str) -> None:
    source, output = tmp_path / "project", tmp_path / "out"
    source.mkdir()
    overlay = {
        "observability": {"collector": collector, "adapter": {"namespace": "ml-prod"}},
        "models": {"resnet50": {"runtime": "triton", "model": "gs://acme-ml-models/resnet50/", "command": None}},
    }
    render_stack(project_with(source, "prod", overlay), "prod", output)
    patterns = ("servicemonitor-*", "prometheusrule-*", "podmonitoring-*", "rules-*", "configmap-gpuplane-*")
    assert_golden(output, f"observability-{collector}", patterns)
    (dashboard,) = output.rglob("configmap-resnet50-dashboard*")
    assert yaml.safe_load(dashboard.read_text())["metadata"]["namespace"] == "ml-prod"


def test_a_stack_that_says_nothing_of_it_is_not_watched(tmp_path: Path) -> None:
    source, output = tmp_path / "project", tmp_path / "out"
    source.mkdir()
    render_stack(project_with(source, "local", {"observability": None}), "local", output)
    assert not list(output.rglob("servicemonitor-*"))
    assert not list(output.rglob("prometheusrule-*"))
