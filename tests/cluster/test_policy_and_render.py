"""Policy findings in a rehearsal, and rendered files on a real API server."""

from pathlib import Path

import pytest
import yaml

from gpuplane.program.project import Project
from gpuplane.rehearsal import binaries
from gpuplane.rehearsal.control_plane import control_plane
from gpuplane.rehearsal.control_plane.api import KubernetesApi
from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
from gpuplane.rendering.render import render_stack
from projects import ROOT, project_with

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


def quiet(line: str) -> None:
    """Progress that nobody reads."""


def test_a_stack_that_runs_and_breaks_a_rule_is_not_ready(tmp_path: Path) -> None:
    changed = {"models": {"resnet50": {"image": "ml/server:latest"}}, "policy": {"environment": "prod"}}
    held = rehearse_stack(project_with(tmp_path, "local", changed), "local", quiet).verdict
    assert not held.is_ready
    assert {(one.object, one.source) for one in held.findings} == {("Deployment ml-local/resnet50", "policy")}
    assert any(note.startswith("policy advice: HorizontalPodAutoscaler") for note in held.notes)


def test_the_same_stack_is_ready_where_the_rule_is_only_a_warning(tmp_path: Path) -> None:
    changed = {"models": {"resnet50": {"image": "ml/server:latest"}}, "policy": {"environment": "dev"}}
    held = rehearse_stack(project_with(tmp_path, "local", changed), "local", quiet).verdict
    assert held.findings == []
    assert any(note.startswith("policy warning: Deployment ml-local/resnet50: ") for note in held.notes)


def test_an_api_server_takes_every_rendered_manifest(tmp_path: Path) -> None:
    for stack in ("local", "prod"):
        render_stack(Project.at(ROOT), stack, tmp_path / stack)
    with control_plane.start(binaries.ensure(quiet), quiet) as plane:
        api = KubernetesApi(plane.kubeconfig)
        for folder in ("cluster-wide", "*"):
            for path in sorted(tmp_path.glob(f"*/kubernetes/{folder}/*.yaml")):
                manifest = yaml.safe_load(path.read_text())
                if api.knows(manifest["apiVersion"], manifest["kind"]):
                    assert api.apply(manifest)["metadata"]["uid"]
