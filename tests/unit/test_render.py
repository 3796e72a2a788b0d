"""What a stack makes, as files."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from gpuplane.project import Project
from gpuplane.render import RenderError, masked, render_stack
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


def test_two_renders_are_the_same(prod: Path, tmp_path: Path) -> None:
    render_stack(Project.at(ROOT), "prod", tmp_path)
    assert contents(tmp_path) == contents(prod)


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
