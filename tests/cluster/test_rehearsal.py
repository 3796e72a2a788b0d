"""The project's own stacks, as they are and broken, against a real control plane."""

from pathlib import Path
from typing import Any

import pytest

import misspelt
from gpuplane.program.project import Project
from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
from gpuplane.rehearsal.scenarios import Scenario
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.verdict import Verdict
from projects import ROOT, project_with

pytestmark = pytest.mark.cluster

SERVER = "Deployment ml-prod/resnet50"

# Lets what is under test be reached: prod's own quota would refuse it before anything is started.
ROOM: dict[str, Any] = {"serving": {"quota": {"gpus": 16, "cpu": "128"}}}


def rehearsed(folder: Path, stack: str = "prod", **overlay: Any) -> Verdict:
    lines: list[str] = []
    return rehearse_stack(project_with(folder, stack, overlay), stack, lines.append).verdict


def model(**changes: Any) -> dict[str, Any]:
    return {"resnet50": changes}


@pytest.mark.parametrize(
    ("stack", "pool", "replicas", "gpus"),
    [("prod", "t4-pool", 3, 3), ("staging", "t4-group", 2, 2), ("dev", "t4-pool", 1, 1), ("local", "existing", 1, 0)],
)
def test_every_stack_is_ready_on_the_pool_it_is_meant_for(
    tmp_path: Path, stack: str, pool: str, replicas: int, gpus: int
) -> None:
    held = rehearsed(tmp_path, stack)
    assert held.findings == []
    server = next(row for row in held.servers if row.workload.endswith("/resnet50"))
    assert (server.ready, server.wanted) == (replicas, replicas)
    assert sum(row.held for row in held.gpus) == gpus
    assert pool in {row.pool for row in held.pools}


def test_a_quota_of_one_gpu_is_the_api_servers_reason(tmp_path: Path) -> None:
    # The stack's own quota is checked before anything is started: this one changes behind its back.
    patch = {"quota": {"spec": {"hard": {"requests.nvidia.com/gpu": "1"}}}}
    held = rehearsed(tmp_path, tenants={"serving": {"transforms": patch}})
    assert held.findings == [
        Finding(
            SERVER,
            "1 of 3 replicas ready",
            "exceeded quota: quota, requested: requests.nvidia.com/gpu=1, used: requests.nvidia.com/gpu=1, "
            "limited: requests.nvidia.com/gpu=1",
            "API server",
        )
    ]


def test_an_accelerator_that_no_pool_has_is_the_schedulers_reason(tmp_path: Path) -> None:
    held = rehearsed(tmp_path, models=model(gpu={"pool": None, "accelerator": "nvidia-l4"}))
    assert [(one.object, one.what, one.source) for one in held.findings] == [
        (SERVER, "0 of 3 replicas ready", "scheduler")
    ]
    assert "didn't match Pod's node affinity/selector" in held.findings[0].reason


def test_a_missing_toleration_is_the_schedulers_reason(tmp_path: Path) -> None:
    held = rehearsed(tmp_path, models=model(tolerations=[]))
    assert [(one.object, one.source) for one in held.findings] == [(SERVER, "scheduler")]
    assert "had untolerated taint" in held.findings[0].reason


def test_a_server_too_big_for_its_nodes_is_the_schedulers_reason(tmp_path: Path) -> None:
    held = rehearsed(tmp_path, tenants=ROOM, models=model(cpu={"request": "8", "limit": "8"}))
    assert [one.source for one in held.findings] == ["scheduler"]
    assert "Insufficient cpu" in held.findings[0].reason


def test_a_pool_grows_to_what_pending_pods_need_and_no_further(tmp_path: Path) -> None:
    held = rehearsed(tmp_path, pools={"gke": {"t4": {"minNodes": 0}}})
    assert held.findings == []
    assert [row.nodes for row in held.pools if row.pool == "t4-pool"] == [3]


def test_a_pool_that_may_not_grow_enough_leaves_pods_pending(tmp_path: Path) -> None:
    held = rehearsed(tmp_path, pools={"gke": {"t4": {"minNodes": 0, "maxNodes": 2}}})
    assert [(one.what, one.source) for one in held.findings] == [("2 of 3 replicas ready", "scheduler")]
    assert "Insufficient nvidia.com/gpu" in held.findings[0].reason


def test_a_claim_that_its_class_cannot_serve_stays_pending(tmp_path: Path) -> None:
    claim = {"size": "50Gi", "storageClass": "standard", "accessMode": "ReadOnlyMany"}
    held = rehearsed(tmp_path, models=model(model=None, storage={"claim": claim}))
    pending = next(one for one in held.findings if one.what == "not bound")
    assert pending.object == "PersistentVolumeClaim ml-prod/resnet50-model"
    assert pending.reason.startswith("kubernetes.io/gce-pd cannot provide ReadOnlyMany, allowed: ReadWriteOnce")
    assert "unbound immediate PersistentVolumeClaims" in next(
        one.reason for one in held.findings if one.object == SERVER
    )


def test_a_claim_of_a_class_that_many_nodes_can_mount_is_bound(tmp_path: Path) -> None:
    claim = {"size": "1Ti", "storageClass": "standard-rwx", "accessMode": "ReadWriteMany"}
    assert rehearsed(tmp_path, tenants=ROOM, models=model(storage={"claim": claim})).findings == []


def test_without_the_device_plugin_no_gpu_of_eks_is_known(tmp_path: Path) -> None:
    daemon_set = {"spec": {"template": {"spec": {"nodeSelector": {"acme.example/nowhere": "true"}}}}}
    devices = {"nvidiaDevicePlugin": {"transforms": {"daemonset": daemon_set}}}
    held = rehearsed(tmp_path, "staging", devices=devices)
    assert [one.object for one in held.findings] == ["Deployment ml-staging/resnet50"]
    assert "Insufficient nvidia.com/gpu" in held.findings[0].reason


def test_what_the_api_server_refuses_is_in_its_own_words(tmp_path: Path) -> None:
    broken = {"deployment": {"spec": {"template": {"spec": {"dnsPolicy": "Never"}}, "replicaz": 3}}}
    held = rehearsed(tmp_path, models=model(transforms=broken))
    refused = next(one for one in held.findings if one.what == "refused")
    assert refused.object == "kubernetes:apps/v1:Deployment resnet50-deployment"
    assert refused.source == "API server"
    assert "replicaz" in refused.reason
    skipped = [one.object for one in held.findings if one.what == "not created"]
    assert skipped == ["kubernetes:autoscaling/v2:HorizontalPodAutoscaler resnet50-autoscaler"]


def test_what_a_cloud_refuses_is_named_by_its_property(tmp_path: Path) -> None:
    held = rehearsed(tmp_path, **misspelt.OVERLAY)
    assert misspelt.FINDING in held.findings


def test_the_example_of_one_server_is_ready() -> None:
    held = rehearse_stack(
        Project.at(ROOT / "examples" / "one-server"), "dev", lambda _: None, scenarios=[Scenario.TENANT]
    ).verdict
    assert held.is_ready
    assert [(row.pool, row.nodes) for row in held.pools] == [("existing", 3), ("l4-pool", 2)]
