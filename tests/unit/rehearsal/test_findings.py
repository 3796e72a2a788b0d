"""What is not ready, and whose words say why."""

from typing import Any

import pytest

from gpuplane.platforms import Platform
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.volumes import storage_classes
from gpuplane.rehearsal.verdict.findings import Finding, findings

PENDING = "0/2 nodes are available: 2 node(s) had untolerated taint(s)."
REFUSED = 'pods "web-1-x" is forbidden: exceeded quota: quota, requested: requests.nvidia.com/gpu=1'


def obj(kind: str, name: str, owner: str = "", **parts: Any) -> dict[str, Any]:
    owners = [{"uid": owner}] if owner else []
    metadata = {"name": name, "namespace": "ml", "uid": name, "generation": 1, "ownerReferences": owners}
    return {"kind": kind, "metadata": metadata, "spec": {}, **parts}


def snapshot(**objects: list[dict[str, Any]]) -> Snapshot:
    return Snapshot(**{**vars(Snapshot.empty()), **objects})


def deployment(replicas: int = 2, ready: int = 2, **status: Any) -> dict[str, Any]:
    whole = {"observedGeneration": 1, "replicas": ready, "updatedReplicas": ready, "readyReplicas": ready, **status}
    return obj("Deployment", "web", spec={"replicas": replicas}, status=whole)


def pod(owner: str = "web-1", **conditions: tuple[str, str]) -> dict[str, Any]:
    listed = [{"type": kind, "status": status, "message": text} for kind, (status, text) in conditions.items()]
    return obj("Pod", "web-1-x", owner, status={"conditions": listed})


REPLICA_SET = obj("ReplicaSet", "web-1", "web", status={})


def test_a_deployment_with_all_its_replicas_is_well() -> None:
    assert findings(snapshot(deployments=[deployment()])) == []


def test_a_pod_that_is_not_scheduled_is_explained_by_the_scheduler() -> None:
    seen = snapshot(
        deployments=[deployment(ready=1)], replica_sets=[REPLICA_SET], pods=[pod(PodScheduled=("False", PENDING))]
    )
    assert findings(seen) == [Finding("Deployment ml/web", "1 of 2 replicas ready", PENDING, "scheduler")]


def test_a_pod_that_was_refused_is_explained_by_the_api_server() -> None:
    failed = {"conditions": [{"type": "ReplicaFailure", "status": "True", "message": REFUSED}]}
    seen = snapshot(deployments=[deployment(ready=1)], replica_sets=[{**REPLICA_SET, "status": failed}])
    reason = "exceeded quota: quota, requested: requests.nvidia.com/gpu=1"
    assert findings(seen) == [Finding("Deployment ml/web", "1 of 2 replicas ready", reason, "API server")]


def test_a_container_that_waits_is_explained_by_the_kubelet() -> None:
    waiting = pod(PodScheduled=("True", ""))
    waiting["status"]["containerStatuses"] = [{"state": {"waiting": {"reason": "CreateContainerConfigError"}}}]
    seen = snapshot(deployments=[deployment(ready=0)], replica_sets=[REPLICA_SET], pods=[waiting])
    assert [(one.reason, one.source) for one in findings(seen)] == [("CreateContainerConfigError", "kubelet")]


def test_the_same_reason_of_many_pods_is_said_once() -> None:
    pods = [pod(PodScheduled=("False", PENDING)) for _ in range(5)]
    seen = snapshot(deployments=[deployment(ready=0)], replica_sets=[REPLICA_SET], pods=pods)
    assert len(findings(seen)) == 1


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ({"observedGeneration": 0}, "the controller has not looked yet"),
        ({"replicas": 3}, "an old replica is still there"),
        ({"updatedReplicas": 1}, "a ready replica is of the old version"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_rollout_that_is_not_over_is_not_ready(status: dict[str, int], why: str) -> None:
    assert findings(snapshot(deployments=[deployment(**status)])), why


def test_an_autoscalers_minimum_is_what_is_wanted() -> None:
    target = {"kind": "Deployment", "name": "web"}
    autoscaler = obj("HorizontalPodAutoscaler", "web", spec={"scaleTargetRef": target, "minReplicas": 3})
    seen = snapshot(deployments=[deployment()], autoscalers=[autoscaler])
    assert [one.what for one in findings(seen)] == ["2 of 3 replicas ready"]


def test_a_daemon_set_with_a_pod_on_each_of_its_nodes_is_well() -> None:
    status = {"observedGeneration": 1, "desiredNumberScheduled": 2, "numberReady": 2}
    assert findings(snapshot(daemon_sets=[obj("DaemonSet", "plugin", status=status)])) == []
    fewer = obj("DaemonSet", "plugin", status={**status, "numberReady": 1})
    assert [one.what for one in findings(snapshot(daemon_sets=[fewer]))] == ["1 of 2 pods ready"]


def test_a_claim_of_an_unknown_class_names_the_ones_there_are() -> None:
    claim = obj("PersistentVolumeClaim", "model", spec={"storageClassName": "fast"}, status={"phase": "Pending"})
    assert findings(snapshot(claims=[claim], classes=storage_classes(Platform.EKS))) == [
        Finding(
            "PersistentVolumeClaim ml/model",
            "not bound",
            "no storage class 'fast' in this cluster, available: gp2",
            "provisioner",
        )
    ]


def test_a_load_balancer_without_an_address_is_not_ready() -> None:
    service = obj("Service", "door", spec={"type": "LoadBalancer"}, status={"loadBalancer": {}})
    assert findings(snapshot(services=[service])) == [Finding("Service ml/door", "no address")]


def test_a_job_is_well_when_it_is_complete() -> None:
    done = {"conditions": [{"type": "Complete", "status": "True"}]}
    assert findings(snapshot(jobs=[obj("Job", "train", status=done)])) == []
    assert [one.what for one in findings(snapshot(jobs=[obj("Job", "train", status={})]))] == ["not complete"]


def test_a_stateful_set_counts_its_ready_replicas() -> None:
    half = obj("StatefulSet", "cache", spec={"replicas": 2}, status={"readyReplicas": 1})
    assert [one.what for one in findings(snapshot(stateful_sets=[half]))] == ["1 of 2 replicas ready"]


def test_a_pod_of_nobody_has_to_be_ready_itself() -> None:
    lone = pod(owner="", PodScheduled=("True", ""), Ready=("False", "readiness probe failed"))
    assert [(one.object, one.reason) for one in findings(snapshot(pods=[lone]))] == [
        ("Pod ml/web-1-x", "readiness probe failed")
    ]
