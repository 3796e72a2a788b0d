"""What a stack makes, as files."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from commands import gpuplane
from gpuplane.program.project import Project
from gpuplane.recording import RecordedResource, Recording
from gpuplane.rendering.render import RenderError, masked, render_stack, rendered
from projects import ROOT, project_with


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("render") / "prod"
    render_stack(Project.at(ROOT), "prod", folder)
    return folder


def document(folder: Path, pattern: str) -> dict[str, Any]:
    (path,) = folder.glob(pattern)
    return yaml.safe_load(path.read_text())


def test_every_object_is_a_file_below_its_namespace_and_clouds_are_beside(prod: Path) -> None:
    names = {str(path.relative_to(prod)) for path in prod.rglob("*.yaml")}
    assert "kubernetes/ml-prod/deployment-resnet50.yaml" in names
    assert "kubernetes/cluster-wide/namespace-ml-prod.yaml" in names
    assert "gcp/container/nodepool-t4-pool.yaml" in names


def test_prod_is_what_the_platform_promises(prod: Path) -> None:
    deployment = document(prod, "kubernetes/ml-prod/deployment-*.yaml")
    (server,) = deployment["spec"]["template"]["spec"]["containers"]
    assert server["resources"] == {
        "requests": {"cpu": "4", "memory": "8Gi", "nvidia.com/gpu": "1"},
        "limits": {"cpu": "8", "memory": "16Gi", "nvidia.com/gpu": "1"},
    }
    assert "replicas" not in deployment["spec"]
    autoscaler = document(prod, "kubernetes/ml-prod/horizontalpodautoscaler-*.yaml")
    assert (autoscaler["spec"]["minReplicas"], autoscaler["spec"]["maxReplicas"]) == (3, 8)
    quota = document(prod, "kubernetes/ml-prod/resourcequota-*.yaml")
    assert quota["spec"]["hard"]["requests.nvidia.com/gpu"] == "8"


def test_a_null_in_transforms_deletes_a_field_of_the_child(prod: Path, tmp_path: Path) -> None:
    bent = {"deployment": {"spec": {"template": {"spec": {"automountServiceAccountToken": None}}}}}
    changed = project_with(tmp_path, overlay={"models": {"resnet50": {"transforms": bent}}})
    render_stack(changed, "prod", tmp_path / "out")
    before, after = (document(one, "kubernetes/ml-prod/deployment-*.yaml") for one in (prod, tmp_path / "out"))
    assert before["spec"]["template"]["spec"].pop("automountServiceAccountToken") is False
    assert after == before


@pytest.mark.processes
def test_two_renders_are_the_same(prod: Path, tmp_path: Path) -> None:
    """Whatever order a process gives to its sets and threads."""
    call = [sys.executable, "-m", "gpuplane.cli", "render", "-s", "prod", "-o", str(tmp_path / "out")]
    subprocess.run(call, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "1"}, capture_output=True, check=True)
    assert contents(tmp_path / "out") == contents(prod)


def test_what_the_policy_finds_is_a_note_beside_the_files(tmp_path: Path) -> None:
    project_with(tmp_path, "local", {"models": {"resnet50": {"image": "ml/server:latest"}}})
    done = gpuplane("render", "-s", "local", "-o", str(tmp_path / "out"), "-C", str(tmp_path))
    assert "policy warning: Deployment ml-local/resnet50: spec.template.spec.containers[0].image: " in done.stderr
    assert done.stdout.endswith(f"files in {tmp_path / 'out'}\n")


@pytest.mark.parametrize("stack", Project.at(ROOT).stacks)
def test_every_manifest_is_one_that_tools_take(tmp_path: Path, stack: str) -> None:
    """For kubeconform, kubectl diff and Argo CD: identity, no nulls, no status, a namespace that is its folder."""
    render_stack(Project.at(ROOT), stack, tmp_path)
    paths = sorted(tmp_path.glob("kubernetes/*/*.yaml"))
    assert paths
    for path in paths:
        obj = yaml.safe_load(path.read_text())
        assert list(obj)[:2] == ["apiVersion", "kind"]
        assert "status" not in obj
        assert re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", obj["metadata"]["name"])
        assert obj["metadata"].get("namespace", "cluster-wide") == path.parent.name
        assert list(nulls(obj)) == []


def nulls(value: Any, path: str = "") -> Iterator[str]:
    if value is None:
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from nulls(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from nulls(inner, f"{path}[{index}]")


def test_objects_of_two_api_groups_and_of_two_parents_have_a_file_each() -> None:
    def registered(urn: str, kind: str) -> RecordedResource:
        return RecordedResource(urn=urn, type=kind, name="door", custom=True, inputs={})

    kinds = {
        "urn:a": "kubernetes:gateway.networking.k8s.io/v1:Gateway",
        "urn:b": "kubernetes:networking.istio.io/v1:Gateway",
    }
    metadata = {"name": "door", "namespace": "ml"}
    manifests = {
        urn: {"apiVersion": kind.split(":")[1], "kind": "Gateway", "metadata": metadata, "status": {"x": 1}}
        for urn, kind in kinds.items()
    }
    pools = [registered(f"urn:{parent}:pool", "gcp:container/nodePool:NodePool") for parent in ("x", "y")]
    found = rendered(Recording([*(registered(*one) for one in kinds.items()), *pools]), manifests)
    assert len(found) == 4
    assert not [name for name, document in found.items() if "status" in document]


def test_a_secret_is_never_in_a_file(tmp_path: Path) -> None:
    project = project_with(tmp_path, "prod")
    own = tmp_path / "Pulumi.prod.yaml"
    settings = yaml.safe_load(own.read_text())
    settings["config"]["gpuplane:wandb-api-key"] = "hunter2-in-clear"
    own.write_text(yaml.safe_dump(settings))
    render_stack(project, "prod", tmp_path / "out")
    files = contents(tmp_path / "out")
    assert not [name for name, text in files.items() if "hunter2" in text or "placeholder-for" in text]
    secret = document(tmp_path / "out", "kubernetes/ml-prod/secret-*.yaml")
    assert secret["stringData"] == dict.fromkeys(("S3_ACCESS_KEY", "S3_SECRET_KEY", "WANDB_API_KEY"), "masked")


def test_masked_data_of_a_secret_is_still_base64() -> None:
    secret = {"kind": "Secret", "data": {"TOKEN": "c2VjcmV0"}}
    assert masked(secret, {"data.TOKEN"}) == {"kind": "Secret", "data": {"TOKEN": "bWFza2Vk"}}


def test_a_new_render_takes_away_what_an_earlier_one_wrote_and_nothing_else(tmp_path: Path) -> None:
    render_stack(Project.at(ROOT), "staging", tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    render_stack(Project.at(ROOT), "local", tmp_path)
    assert not (tmp_path / "aws").exists()
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_folder_with_somebodys_files_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RenderError) as caught:
        render_stack(Project.at(ROOT), "local", tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: must be empty or an earlier render's, got files of others, fix: name a new folder"
    )
    assert contents(tmp_path) == {"notes.txt": "mine"}
