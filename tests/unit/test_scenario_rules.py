"""What the scenarios decide without a cluster."""

from typing import Any

import pytest

from gpuplane.rehearsal.scenarios.autoscalers import Autoscaler
from gpuplane.rehearsal.scenarios.rollout import floor, with_new_image
from gpuplane.rehearsal.scenarios.tenant import pod
from gpuplane.rehearsal.snapshot import Snapshot


def deployment(replicas: int = 10, **strategy: Any) -> dict[str, Any]:
    return {
        "kind": "Deployment",
        "metadata": {"namespace": "ml", "name": "bert"},
        "spec": {"replicas": replicas, "strategy": strategy},
    }


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ({"type": "Recreate"}, 0),
        ({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}, 9),
        ({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%"}}, 8),
        ({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "100%"}}, 0),
        ({}, 8),
    ],
)
def test_the_strategy_says_how_many_replicas_a_rollout_leaves(strategy: dict[str, Any], expected: int) -> None:
    assert floor(deployment(**strategy)) == expected


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("registry.example.com:5000/bert:v1", "registry.example.com:5000/bert:v1-rehearsed"),
        ("bert@sha256:" + "0" * 64, "bert@sha256:" + "1" * 64),
        ("bert:v1@sha256:" + "1" * 64, "bert:v1@sha256:" + "2" * 64),
    ],
)
def test_a_new_image_is_of_the_same_form(image: str, expected: str) -> None:
    manifest = {"spec": {"template": {"spec": {"containers": [{"image": image}, {"image": "proxy:v1"}]}}}}
    changed = with_new_image(manifest)["spec"]["template"]["spec"]["containers"]
    assert [one["image"] for one in changed] == [expected, "proxy:v1"]
    assert manifest["spec"]["template"]["spec"]["containers"][0]["image"] == image


def test_a_stranger_would_be_let_in_by_the_restricted_level() -> None:
    spec = pod("ml", {"cpu": "1"})["spec"]
    (container,) = spec["containers"]
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert spec["securityContext"]["runAsNonRoot"]
    assert "tolerations" not in spec


def test_an_autoscaler_finds_its_own_target_alone() -> None:
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "bert"}, "maxReplicas": 4}
    elsewhere = {**deployment(), "metadata": {"namespace": "other", "name": "bert"}}
    seen = Snapshot(**{**vars(Snapshot.empty()), "deployments": [elsewhere, deployment(3)]})
    scaler = Autoscaler({"metadata": {"namespace": "ml", "name": "bert"}, "spec": spec})
    assert scaler.replicas(seen) == 3
    assert (scaler.minimum, scaler.maximum) == (1, 4)
