"""The scenarios of a rehearsal: prod and staging pass them all, and each finds what a stack is broken for."""

import re
from pathlib import Path
from typing import Any

import pytest

from gpuplane.program.project import Project
from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
from gpuplane.rehearsal.scenarios import Scenario
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.outcome import ScenarioResult
from gpuplane.rehearsal.verdict.verdict import Verdict
from projects import ROOT, project_with

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

SERVER = "Deployment ml-prod/resnet50"
ALL = list(Scenario)
ZONES = [f"us-central1-{zone}" for zone in "abc"]


def silent(_: str) -> None:
    pass


def held(folder: Path, scenario: Scenario, stack: str = "prod", **overlay: Any) -> ScenarioResult:
    """One scenario on a changed stack that is steady."""
    project = project_with(folder, stack, overlay)
    verdict = rehearse_stack(project, stack, silent, scenarios=[scenario]).verdict
    if scenario is not Scenario.STEADY:
        # The rules have something to say of most that is broken here, and are not what is tried.
        assert [one for one in verdict.findings if one.source != "policy"] == []
    return verdict.scenarios[-1]


def bent(**patches: Any) -> dict[str, Any]:
    """The model server with patches over its children."""
    return {"resnet50": {"transforms": patches}}


BERT: dict[str, Any] = {
    "tenant": "serving",
    "image": "registry.example.com/ml-images/inference:v1.2.0@sha256:" + "a" * 64,
    "model": "gs://acme-ml-models/bert/v1/bert.onnx",
    "cpu": {"request": "1", "limit": "2"},
    "memory": {"request": "2Gi", "limit": "4Gi"},
    "scaling": {"minReplicas": 1, "maxReplicas": 1},
}


def rehearsed(stack: str) -> Verdict:
    return rehearse_stack(Project.at(ROOT), stack, silent, scenarios=ALL).verdict


@pytest.mark.parametrize(("stack", "replicas"), [("prod", 8), ("staging", 4)])
def test_a_stack_as_shipped_passes_all_seven(stack: str, replicas: int) -> None:
    verdict = rehearsed(stack)
    assert [(one.name, one.findings, one.left_out) for one in verdict.scenarios] == [
        (scenario.value, [], "") for scenario in ALL
    ]
    notes = {one.name: one.notes for one in verdict.scenarios}
    assert f"Deployment ml-{stack}/resnet50 has {replicas} of {replicas} replicas" in notes["peak"][0]
    assert f"Deployment ml-{stack}/resnet50 keeps {replicas - 1} of {replicas} replicas" in notes["rollout"]
    assert any(f"Deployment ml-{stack}/resnet50 kept" in note for note in notes["drain"])
    assert verdict.is_ready


def test_steady_finds_an_autoscaler_that_reads_what_nobody_measures(tmp_path: Path) -> None:
    target = {"type": "Utilization", "averageUtilization": 70}
    metrics = [{"type": "Resource", "resource": {"name": "nvidia.com/gpu", "target": target}}]
    steady = held(tmp_path, Scenario.STEADY, models=bent(autoscaler={"spec": {"metrics": metrics}}))
    (found,) = steady.findings
    assert (found.object, found.what) == ("HorizontalPodAutoscaler ml-prod/resnet50", "cannot scale")
    assert "failed to get nvidia.com/gpu utilization" in found.reason
    assert found.keys == ("models.resnet50.scaling",)


def test_peak_finds_a_quota_that_the_autoscalers_maximum_does_not_fit(tmp_path: Path) -> None:
    quota = {"spec": {"hard": {"requests.cpu": "18"}}}
    peak = held(tmp_path, Scenario.PEAK, tenants={"serving": {"transforms": {"quota": quota}}})
    assert peak.findings == [
        Finding(
            SERVER,
            "4 of 8 replicas ready",
            "exceeded quota: quota, requested: requests.cpu=4, used: requests.cpu=16, limited: requests.cpu=18",
            "API server",
        )
    ]
    assert peak.findings[0].keys == ("tenants.serving.quota.cpu", "models.resnet50.scaling.maxReplicas")


def test_peak_finds_a_pool_that_cannot_grow_to_the_autoscalers_maximum(tmp_path: Path) -> None:
    pool = {"autoscaling": {"totalMaxNodeCount": 5}}
    peak = held(tmp_path, Scenario.PEAK, pools={"gke": {"t4": {"transforms": {"pool": pool}}}})
    (found,) = peak.findings
    assert (found.object, found.what, found.source) == (SERVER, "5 of 8 replicas ready", "scheduler")
    assert "Insufficient nvidia.com/gpu" in found.reason
    assert found.keys == ("pools.gke.t4.maxNodes", "models.resnet50.scaling.maxReplicas")


def test_rollout_finds_a_surge_that_waits_for_a_gpu_that_never_comes(tmp_path: Path) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    rollout = held(
        tmp_path,
        Scenario.ROLLOUT,
        models=bent(deployment={"spec": {"strategy": strategy}}),
        tenants={"serving": {"quota": {"gpus": 9, "cpu": "36"}}},
    )
    (found,) = rollout.findings
    assert (found.object, found.source) == (SERVER, "scheduler")
    assert found.what == "the rollout stops with 1 of 8 replicas updated, 8 of 8 replicas ready"
    assert "Insufficient nvidia.com/gpu" in found.reason
    assert found.keys == ("pools.gke.t4.maxNodes", "models.resnet50.scaling.maxReplicas")


def test_rollout_finds_a_strategy_that_takes_all_replicas_away_at_once(tmp_path: Path) -> None:
    strategy = {"rollingUpdate": {"maxUnavailable": "100%"}}
    rollout = held(tmp_path, Scenario.ROLLOUT, models=bent(deployment={"spec": {"strategy": strategy}}))
    assert [(one.object, one.what) for one in rollout.findings] == [
        (SERVER, "the rollout may remove all 8 replicas at once")
    ]


def test_rollout_finds_replicas_that_take_back_what_the_autoscaler_did(tmp_path: Path) -> None:
    rollout = held(tmp_path, Scenario.ROLLOUT, models=bent(deployment={"spec": {"replicas": 3}}))
    assert [(one.object, one.what, one.reason) for one in rollout.findings] == [
        (
            SERVER,
            "the update takes 8 replicas down to 3",
            "the program sets spec.replicas, which its autoscaler owns",
        )
    ]


def test_rollback_finds_that_no_old_version_is_kept(tmp_path: Path) -> None:
    rollback = held(tmp_path, Scenario.ROLLBACK, models=bent(deployment={"spec": {"revisionHistoryLimit": 0}}))
    (found,) = rollback.findings
    assert (found.object, found.what) == (SERVER, "no old ReplicaSet to roll back to")
    assert found.keys == ("models.resnet50.transforms.deployment.spec.revisionHistoryLimit",)


def test_drain_finds_a_budget_that_lets_nobody_go(tmp_path: Path) -> None:
    budget = {"spec": {"maxUnavailable": 0}}
    drain = held(tmp_path, Scenario.DRAIN, models=bent(**{"disruption-budget": budget}))
    (found,) = drain.findings
    assert found.object == "PodDisruptionBudget ml-prod/resnet50"
    assert found.what == "draining a node of t4-pool does not finish"
    assert found.reason == (
        "Cannot evict pod as it would violate the pod's disruption budget. "
        "The disruption budget resnet50 needs 3 healthy pods and has 3 currently"
    )


def test_drain_finds_that_evicted_pods_find_no_other_node(tmp_path: Path) -> None:
    drain = held(
        tmp_path,
        Scenario.DRAIN,
        pools={"gke": {"t4": {"gpusPerNode": 2, "machineType": "n1-standard-16", "minNodes": 1, "maxNodes": 1}}},
        models={"resnet50": {"scaling": {"minReplicas": 2, "maxReplicas": 2}}},
    )
    (found,) = drain.findings
    assert found.object == "PodDisruptionBudget ml-prod/resnet50"
    assert found.what == "draining a node of t4-pool does not finish, evicted pods find no other node"
    assert "were unschedulable" in found.reason
    assert found.keys == ("pools.gke.t4.maxNodes", "models.resnet50.transforms.disruption-budget")


def test_drain_tries_every_server_of_a_pool_on_whichever_node_it_is(tmp_path: Path) -> None:
    budget = {"disruption-budget": {"spec": {"maxUnavailable": 0}}}
    drain = held(
        tmp_path,
        Scenario.DRAIN,
        pools={"gke": {"t4": {"minNodes": 4, "maxNodes": 9}}},
        tenants={"serving": {"quota": {"gpus": 9, "cpu": "33"}}},
        models={"bert": {**BERT, "gpu": {"pool": "t4"}, "transforms": budget}},
    )
    (found,) = drain.findings
    assert found.object == "PodDisruptionBudget ml-prod/bert"
    assert found.what == "draining a node of t4-pool does not finish"
    assert [one for one in drain.notes if one.startswith("t4-pool")][1:], "one node for each of the two servers"


def test_drain_finds_a_server_whose_replicas_all_go_at_once(tmp_path: Path) -> None:
    # Two T4s a node: with two replicas both are on one, and nothing says that one has to stay.
    drain = held(
        tmp_path,
        Scenario.DRAIN,
        pools={"gke": {"t4": {"gpusPerNode": 2, "minNodes": 1, "machineType": "n1-standard-16"}}},
        tenants={"serving": {"quota": {"gpus": 9, "cpu": "36"}}},
        models={
            "resnet50": {
                "scaling": {"minReplicas": 2},
                "transforms": {
                    "disruption-budget": {"spec": {"maxUnavailable": "100%"}},
                    "deployment": {"spec": {"template": {"spec": {"topologySpreadConstraints": []}}}},
                },
            }
        },
    )
    assert [(one.object, one.what) for one in drain.findings] == [
        (SERVER, "none of 2 replicas ready while a node of t4-pool is drained")
    ]


def test_zone_finds_a_server_that_was_in_one_zone_alone(tmp_path: Path) -> None:
    term = {
        "topologyKey": "topology.kubernetes.io/zone",
        "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "resnet50"}},
    }
    together = {
        "topologySpreadConstraints": [],
        "affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}},
    }
    zone = held(tmp_path, Scenario.ZONE, models=bent(deployment={"spec": {"template": {"spec": together}}}))
    (found,) = [one for one in zone.findings if one.what.startswith("all ")]
    assert found.object == SERVER
    assert found.what.startswith("all 3 replicas were in us-central1-")


def test_zone_finds_a_server_that_the_other_zones_cannot_hold(tmp_path: Path) -> None:
    zone = held(
        tmp_path,
        Scenario.ZONE,
        pools={"gke": {"t4": {"limitsPerZone": True, "minNodes": 1, "maxNodes": 1, "zones": ZONES}}},
        models={"resnet50": {"scaling": {"minReplicas": 3, "maxReplicas": 3}}},
    )
    (found,) = zone.findings
    assert (found.object, found.source) == (SERVER, "scheduler")
    assert re.fullmatch("without us-central1-[abc] only 2 of 3 replicas ready", found.what)
    assert "Insufficient nvidia.com/gpu" in found.reason
    assert found.keys == ("pools.gke.t4.maxNodes", "models.resnet50.scaling.maxReplicas")


def test_zone_loses_each_zone_that_differs_and_says_what_has_no_other(tmp_path: Path) -> None:
    zone = held(
        tmp_path,
        Scenario.ZONE,
        pools={"gke": {"l4": {"machineType": "g2-standard-8", "maxNodes": 1, "zones": ["us-central1-a"]}}},
        tenants={"serving": {"quota": {"gpus": 9, "cpu": "33"}}},
        models={"bert": {**BERT, "gpu": {"pool": "l4"}}},
    )
    assert zone.findings == []
    lost = [one for one in zone.notes if " lost with " in one]
    assert [one.split(" ")[0] for one in lost][:1] == ["us-central1-a"]
    assert len(lost) == 2
    assert " like us-central1-" in lost[1]
    down = "Deployment ml-prod/bert is down while us-central1-a is: its pools are in no other zone, see {}"
    assert down.format("pools.gke.l4.zones") in zone.notes
    assert zone.notes.count("Deployment ml-prod/resnet50 kept 2 of 3 replicas") == 2


def test_zone_says_what_has_no_other_zone_by_its_own_config(tmp_path: Path) -> None:
    pool = {"autoscaling": {"totalMinNodeCount": 3, "totalMaxNodeCount": 3}, "nodeLocations": ["us-central1-a"]}
    zone = held(tmp_path, Scenario.ZONE, pools={"gke": {"t4": {"transforms": {"pool": pool}}}})
    assert zone.findings == []
    assert any("is down while us-central1-a is: its pools are in no other zone" in one for one in zone.notes)


def test_tenant_finds_all_that_a_stranger_gets_away_with(tmp_path: Path) -> None:
    tenant = held(
        tmp_path,
        Scenario.TENANT,
        tenants={"serving": {"podSecurity": "privileged", "quota": {"gpus": None}}},
    )
    assert [(one.object, one.what) for one in tenant.findings] == [
        ("Namespace ml-prod", "admits a privileged pod"),
        ("Namespace ml-prod", "admits a pod that requests 100000 nvidia.com/gpu"),
    ]
    assert [one.keys for one in tenant.findings] == [
        ("tenants.serving.podSecurity",),
        ("tenants.serving.quota.gpus",),
    ]


def test_tenant_finds_a_pool_that_anybodys_pod_may_sit_down_on(tmp_path: Path) -> None:
    tenant = held(
        tmp_path, Scenario.TENANT, "staging", pools={"eks": {"t4": {"transforms": {"group": {"taints": []}}}}}
    )
    (found,) = tenant.findings
    assert (found.object, found.what) == ("pool t4-group", "accepts a pod without GPUs and tolerations")
    assert found.keys == ("pools.eks.t4.transforms",)


def test_peak_drives_what_keda_scales_as_well(tmp_path: Path) -> None:
    queue = {"serverAddress": "http://prometheus:9090", "metric": "inference_queue_length", "perReplica": 4}
    scaling = {"minReplicas": 1, "maxReplicas": 8, "queue": queue}
    quota = {"spec": {"hard": {"requests.cpu": "18"}}}
    peak = held(
        tmp_path,
        Scenario.PEAK,
        models={"resnet50": {"scaling": scaling}},
        tenants={"serving": {"transforms": {"quota": quota}}},
    )
    (found,) = peak.findings
    assert (found.object, found.what, found.source) == (SERVER, "4 of 8 replicas ready", "API server")
    assert found.keys == ("tenants.serving.quota.cpu", "models.resnet50.scaling.maxReplicas")
