"""The project's own stacks by the real engine: preview, up, an up that changes nothing, refresh, destroy."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import misspelt
from gpuplane.program.errors import RunError
from gpuplane.program.project import Project
from gpuplane.rehearsal.crds.store import definition
from gpuplane.rehearsal.engine import rehearse_with_engine
from gpuplane.rehearsal.verdict.verdict import Verdict
from projects import ROOT, project_with

pytestmark = pytest.mark.engine

OPERATIONS = ["preview", "up", "up again", "refresh", "destroy"]


def rehearsed(folder: Path, stack: str, overlay: dict[str, Any] | None = None) -> tuple[Verdict, list[str]]:
    lines: list[str] = []
    held = rehearse_with_engine(project_with(folder, stack, overlay), stack, lines.append)
    return held.verdict, [line for line in lines if line.startswith("engine: ")]


@pytest.mark.parametrize("stack", ["prod", "staging", "dev", "local"])
def test_every_stack_comes_up_changes_nothing_when_run_again_and_goes_away(tmp_path: Path, stack: str) -> None:
    held, lines = rehearsed(tmp_path, stack)
    assert held.findings == []
    assert [line.removeprefix("engine: ").split(" done in ")[0] for line in lines] == OPERATIONS
    again, refresh = lines[2], lines[3]
    assert "same" in again
    assert not any(step in line for line in (again, refresh) for step in ("create", "update", "replace", "delete"))


SUBNET = {"subnetIds": ["subnet-0a1b2c3d4e5f60001"]}
QUEUE = {"serverAddress": "http://prometheus:9090", "metric": "inference_queue_length", "perReplica": 4}
ON_L4 = {"resnet50": {"gpu": {"pool": "l4"}}}
SCALED = {"resnet50": {**ON_L4["resnet50"], "scaling": {"minReplicas": 1, "maxReplicas": 2, "queue": QUEUE}}}
CLASS = {"machineType": "g2-standard-12", "maxNodes": 4, "priorities": [{"provisioningModel": "on-demand"}]}


@pytest.mark.parametrize(
    ("stack", "overlay"),
    [
        (
            "staging",
            {
                "cluster": {"eks": None, "existingEks": {"cluster": "ml", "region": "us-east-1"}},
                "pools": {"eks": {"t4": None}, "karpenter": {"l4": {**SUBNET, "accelerator": "l4", "maxNodes": 4}}},
                "models": ON_L4,
            },
        ),
        ("dev", {"pools": {"gke": {"t4": None}, "computeClasses": {"l4": CLASS}}, "models": SCALED}),
    ],
    ids=["Karpenter's NodePool", "GKE's ComputeClass, and KEDA's ScaledObject"],
)
def test_objects_that_others_act_on_bring_nodes_here_as_well(
    tmp_path: Path, stack: str, overlay: dict[str, Any]
) -> None:
    held, lines = rehearsed(tmp_path, stack, overlay)
    assert held.findings == []
    assert [line.removeprefix("engine: ").split(" done in ")[0] for line in lines] == OPERATIONS
    assert any("l4" in one.pool for one in held.pools)


CONTROLLER = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "karpenter"},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "karpenter"}},
        "template": {
            "metadata": {"labels": {"app": "karpenter"}},
            "spec": {"containers": [{"name": "controller", "image": "public.ecr.aws/karpenter/controller:1.14.1"}]},
        },
    },
}


def chart(folder: Path, inside: str, *objects: Mapping[str, Any]) -> str:
    """A chart of these objects; where it is."""
    (folder / inside).mkdir(parents=True)
    (folder / "Chart.yaml").write_text(yaml.safe_dump({"apiVersion": "v2", "name": folder.name, "version": "1.14.1"}))
    (folder / inside / "objects.yaml").write_text(yaml.safe_dump_all(objects))
    return str(folder)


def test_karpenter_of_the_stack_brings_its_definitions_before_its_pools_and_nodes_once_it_runs(tmp_path: Path) -> None:
    kinds = (("karpenter.sh", "NodePool"), ("karpenter.k8s.aws", "EC2NodeClass"))
    found = [one for one in (definition(*kind, lambda _: None) for kind in kinds) if one]
    charts = {
        "definitions": {"chart": chart(tmp_path / "karpenter-crd", "crds", *found), "version": None},
        "controller": {"chart": chart(tmp_path / "karpenter", "templates", CONTROLLER), "version": None},
    }
    overlay = {
        "cluster": {"karpenter": {"transforms": charts}},
        "pools": {"eks": {"t4": None}, "karpenter": {"l4": {**SUBNET, "accelerator": "l4", "maxNodes": 4}}},
        "models": ON_L4,
    }
    (tmp_path / "project").mkdir()
    held, lines = rehearsed(tmp_path / "project", "staging", overlay)
    assert held.findings == []
    assert [line.removeprefix("engine: ").split(" done in ")[0] for line in lines] == OPERATIONS
    assert [(one.pool, one.nodes) for one in held.pools if one.pool == "l4"] == [("l4", 2)]
    assert "kube-system/karpenter" in [one.workload for one in held.servers]


def test_an_up_that_waits_for_what_cannot_come_is_stopped_with_the_schedulers_reason(tmp_path: Path) -> None:
    held, lines = rehearsed(tmp_path, "prod", {"models": {"resnet50": {"tolerations": []}}})
    assert [(one.object, one.source) for one in held.findings] == [("Deployment ml-prod/resnet50", "scheduler")]
    assert "had untolerated taint" in held.findings[0].reason
    assert [line.split(" in ")[0] for line in lines] == ["engine: preview done", "engine: up failed"]


def test_what_the_provider_refuses_names_the_resource_and_the_property(tmp_path: Path) -> None:
    held, _ = rehearsed(tmp_path, "prod", misspelt.OVERLAY)
    assert misspelt.FINDING in held.findings


def test_the_projects_own_files_are_left_as_they_are(tmp_path: Path) -> None:
    project = project_with(tmp_path, "dev")
    before = {path: path.read_text() for path in tmp_path.glob("Pulumi*.yaml")}
    rehearse_with_engine(project, "dev", lambda _: None)
    assert {path: path.read_text() for path in tmp_path.glob("Pulumi*.yaml")} == before


def test_a_kubeconfig_of_somebodys_own_is_never_used(tmp_path: Path) -> None:
    kubeconfig = {"cluster": {"kubeconfig": {"context": "kind-kind", "kubeconfig": "/home/somebody/.kube/config"}}}
    with pytest.raises(RunError, match="would reach a real cluster"):
        rehearsed(tmp_path, "local", kubeconfig)


def test_this_repositorys_own_project_runs_where_it_is() -> None:
    held = rehearse_with_engine(Project.at(ROOT), "dev", lambda _: None)
    assert held.verdict.is_ready
