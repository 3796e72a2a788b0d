"""Routes and variants against a real API server, which has the real definitions of their kinds."""

from pathlib import Path
from typing import Any

import pytest

from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
from gpuplane.rehearsal.verdict.verdict import Verdict
from projects import project_with

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

HOST = "api.ml.example.com"
V2 = {
    "image": f"registry.example.com/ml-images/inference:v1.3.0@sha256:{'0123456789abcdef' * 4}",
    "scaling": {"minReplicas": 1, "maxReplicas": 1},
}
CANARY = {"main": {"weight": 90}, "v2": {"weight": 10, "overlay": V2, "headers": {"x-model": "v2"}}}


def rehearsed(folder: Path, stack: str = "prod", **overlay: Any) -> Verdict:
    lines: list[str] = []
    return rehearse_stack(project_with(folder, stack, overlay), stack, lines.append).verdict


def model(**changes: Any) -> dict[str, Any]:
    return {"resnet50": changes}


def test_a_canary_behind_a_gateway_with_tls_is_taken_and_both_variants_are_ready(tmp_path: Path) -> None:
    route = {"hosts": [HOST], "path": "/resnet50", "rewrite": "/", "timeoutSeconds": 300}
    held = rehearsed(
        tmp_path,
        gateway={"issuer": "letsencrypt-prod", "className": "eg"},
        models=model(route=route, variants=CANARY, scaling={"minReplicas": 3, "maxReplicas": 7}),
    )
    assert held.findings == []
    ready = {row.workload: row.ready for row in held.servers if row.workload.startswith("ml-prod/")}
    assert ready == {"ml-prod/resnet50": 3, "ml-prod/resnet50-v2": 1}


def test_a_platforms_own_gateway_is_taken(tmp_path: Path) -> None:
    held = rehearsed(
        tmp_path,
        "staging",
        gateway={"certificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/1"},
        tenants={"serving": {"network": {"gatewayCidrs": ["10.0.4.0/24"]}}},
        models=model(route={"hosts": [HOST]}),
    )
    assert held.findings == []


def test_an_ingress_with_its_canary_is_accepted(tmp_path: Path) -> None:
    route = {"hosts": [HOST], "exposure": "ingress", "ingress": {"issuer": "letsencrypt-prod"}, "rewrite": "/v1"}
    held = rehearsed(tmp_path, models=model(route=route, variants=CANARY, scaling={"maxReplicas": 7}))
    assert held.findings == []


def test_a_route_that_gateway_api_does_not_allow_is_refused_in_its_words(tmp_path: Path) -> None:
    broken = {"route": {"spec": {"rules": [{"backendRefs": [{"name": "resnet50", "port": 80, "weight": -1}]}]}}}
    route = {"hosts": [HOST]}
    held = rehearsed(tmp_path, gateway={"issuer": "x"}, models=model(route={**route, "transforms": broken}))
    refused = next(one for one in held.findings if one.what == "refused")
    assert refused.source == "API server"
    assert "should be greater than or equal to 0" in refused.reason


def test_a_server_that_keda_scales_on_a_queue_is_taken(tmp_path: Path) -> None:
    prometheus = "http://prometheus-operated.monitoring:9090"
    queue = {"serverAddress": prometheus, "metric": "inference_queue_length", "perReplica": 4}
    held = rehearsed(tmp_path, models=model(scaling={"minReplicas": 1, "maxReplicas": 8, "queue": queue}))
    assert held.findings == []
