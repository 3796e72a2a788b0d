"""A production overlay as it is often written down: what it can never be, found before it is in a cluster."""

import pytest

from gpuplane.program.project import Project
from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
from gpuplane.rehearsal.scenarios import Scenario
from gpuplane.rehearsal.verdict.verdict import Verdict
from projects import ROOT

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

SERVER = "Deployment ml-prod/model-server"
QUOTA = "kubernetes:core/v1:ResourceQuota resourcequota-gpu-quota"


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    project = Project.at(ROOT / "tests" / "fixtures" / "source-prod")
    return rehearse_stack(project, "prod", lambda _: None, scenarios=list(Scenario)).verdict


def test_it_is_not_ready_and_says_each_reason(verdict: Verdict) -> None:
    found = {(one.object, one.what, one.source): one for one in verdict.findings if one.source != "policy"}
    assert set(found) == {
        (SERVER, "0 of 3 replicas ready", "scheduler"),
        (SERVER, "containers cannot be created", "kubelet"),
        ("PersistentVolumeClaim ml-prod/model-pvc", "not bound", "provisioner"),
        ("PersistentVolumeClaim ml-prod/model-pvc", "has no writer", "rehearsal"),
        ("ResourceQuota ml-prod/gpu-quota", "limits.nvidia.com/gpu counts nothing", "API server"),
    }
    assert found[SERVER, "containers cannot be created", "kubelet"].reason == 'secret "model-secrets" not found'
    assert found["ResourceQuota ml-prod/gpu-quota", "limits.nvidia.com/gpu counts nothing", "API server"].keys == (
        f"{QUOTA}: spec.hard[limits.nvidia.com/gpu]",
    )


def test_its_ten_replicas_can_never_be(verdict: Verdict) -> None:
    (peak,) = [one for one in verdict.scenarios if one.name == "peak"]
    (found,) = peak.findings
    assert (found.object, found.what, found.source) == (SERVER, "0 of 10 replicas ready", "API server")
    assert found.reason == (
        "exceeded quota: gpu-quota, requested: requests.cpu=4,requests.nvidia.com/gpu=1, "
        "used: requests.cpu=32,requests.nvidia.com/gpu=8, limited: requests.cpu=32,requests.nvidia.com/gpu=8"
    )
    assert found.keys == (
        f"{QUOTA}: spec.hard[requests.cpu]",
        f"{QUOTA}: spec.hard[requests.nvidia.com/gpu]",
        "kubernetes:autoscaling/v2:HorizontalPodAutoscaler horizontalpodautoscaler-model-server: spec.maxReplicas",
    )


def test_anybody_may_be_privileged_in_it(verdict: Verdict) -> None:
    (tenant,) = [one for one in verdict.scenarios if one.name == "tenant"]
    assert [(one.object, one.what) for one in tenant.findings] == [("Namespace ml-prod", "admits a privileged pod")]


def test_what_moves_servers_about_waits_for_a_steady_stack(verdict: Verdict) -> None:
    assert {one.name: one.left_out for one in verdict.scenarios if one.left_out} == dict.fromkeys(
        ("rollout", "rollback", "drain", "zone"), "steady did not pass"
    )
