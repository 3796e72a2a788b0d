"""Routes and variants of a stack, as the objects it makes."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from golden import assert_golden
from gpuplane.program.dry_run import DryResponder
from gpuplane.program.run import run_program
from gpuplane.rendering.render import render_stack
from projects import project_with

HOST = "api.ml.example.com"
V2 = {"image": "registry.example.com/ml-images/inference:v1.3.0", "scaling": {"minReplicas": 1, "maxReplicas": 1}}
CANARY = {"main": {"weight": 90}, "v2": {"weight": 10, "overlay": V2}}
PATTERNS = ("gateway-*", "httproute-*", "certificate-*", "healthcheckpolicy-*", "gcpbackendpolicy-*", "ingress-*",
            "loadbalancerconfiguration-*", "targetgroupconfiguration-*", "service-*-load-balancer.yaml")  # fmt: skip


def rendered(folder: Path, stack: str = "prod", gateway: dict[str, Any] | None = None, **model: Any) -> Path:
    source, output = folder / "project", folder / "out"
    source.mkdir()
    network = {"gatewayCidrs": ["10.0.4.0/24"]} if stack == "staging" else {}
    room = {"tenants": {"serving": {"quota": {"gpus": 16, "cpu": "64"}, "network": network}}}
    changes = {**room, "models": {"resnet50": model}, **({"gateway": gateway} if gateway else {})}
    render_stack(project_with(source, stack, changes), stack, output)
    return output


@pytest.mark.parametrize(
    ("name", "stack", "gateway", "model"),
    [
        (
            "gateway-on-gke",
            "prod",
            {"issuer": "letsencrypt-prod"},
            {
                "route": {"hosts": [HOST], "path": "/resnet50", "rewrite": "/", "timeoutSeconds": 300},
                "variants": CANARY,
            },
        ),
        (
            "gateway-on-eks",
            "staging",
            {"certificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/1"},
            {"route": {"hosts": [HOST]}, "scaling": {"maxReplicas": 3}, "variants": CANARY},
        ),
        (
            "gateway-of-another-class",
            "local",
            {"className": "eg", "issuer": "selfsigned"},
            {"route": {"hosts": [HOST]}},
        ),
        (
            "ingress",
            "prod",
            None,
            {
                "route": {"hosts": [HOST], "exposure": "ingress", "ingress": {"issuer": "letsencrypt-prod"}},
                "variants": CANARY,
            },
        ),
        ("load-balancer", "prod", None, {"route": {"exposure": "loadBalancer", "hosts": []}}),
    ],
)
def test_the_objects_of_an_exposure_are_the_agreed_ones(
    tmp_path: Path, name: str, stack: str, gateway: dict[str, Any] | None, model: dict[str, Any]
) -> None:
    assert_golden(rendered(tmp_path, stack, gateway, **model), f"exposure-{name}", PATTERNS)


def test_a_promotion_changes_no_pod_service_or_autoscaler_of_the_candidate(tmp_path: Path) -> None:
    contents: list[dict[str, Any]] = []
    for step in (
        CANARY,
        {"main": {"weight": 0}, "v2": {"weight": 100, "overlay": V2}},
        {"v2": {"weight": 100, "overlay": V2}},
    ):
        folder = tmp_path / str(len(contents))
        folder.mkdir()
        out = rendered(folder, "prod", {"issuer": "x"}, route={"hosts": [HOST]}, variants=step)
        contents.append(
            {path.name: _object(path) for path in out.rglob("*-resnet50-v2*.yaml") if "httproute" not in path.name}
        )
    assert set(contents[0]) >= {"deployment-resnet50-v2.yaml", "service-resnet50-v2.yaml"}
    assert contents[0] == contents[1] == contents[2]


def _object(path: Path) -> Any:
    found = yaml.safe_load(path.read_text())
    # GPUs that the other variant gives back are there for the next rollout, which restarts nobody now.
    found.get("spec", {}).pop("strategy", None)
    return found


def test_each_variant_keeps_its_own_pods(tmp_path: Path) -> None:
    out = rendered(tmp_path, "prod", {"issuer": "x"}, route={"hosts": [HOST]}, variants=CANARY)
    selectors = [
        yaml.safe_load((out / "kubernetes" / "ml-prod" / f"deployment-{name}.yaml").read_text())["spec"]["selector"]
        for name in ("resnet50", "resnet50-v2")
    ]
    assert selectors[0] != selectors[1]


def test_replicas_of_all_variants_that_a_pool_can_never_hold_are_told_with_their_numbers(tmp_path: Path) -> None:
    overlay = {
        "gateway": {"issuer": "x"},
        "tenants": {"serving": {"quota": None}},
        "models": {"resnet50": {"route": {"hosts": [HOST]}, "variants": CANARY}},
    }
    project = project_with(tmp_path, "prod", overlay)
    log = run_program(project, project.stack("prod"), DryResponder()).log
    assert [message for severity, message in log if severity == "warning"] == [
        "at max replicas not all pods would be scheduled: "
        "pool t4 has at most 8 GPUs, its servers and jobs may ask for 9: resnet50 8 x 1, resnet50-v2 1 x 1"
    ]
