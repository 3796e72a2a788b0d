"""A Pulumi project on disk, read without the CLI."""

import json
from pathlib import Path

import pytest

from gpuplane.program.project import SECRET_PLACEHOLDER, Project, ProjectError

PULUMI_YAML = """
name: acme
runtime: python
main: program/
config:
  region: { type: string, default: eu }
  base:
    type: object
    value: { models: { bert: { secrets: { TOKEN: hub-token } } } }
  gcp:project: { value: acme-1 }
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "program").mkdir()
    (tmp_path / "Pulumi.yaml").write_text(PULUMI_YAML)
    (tmp_path / "Pulumi.prod.yaml").write_text("config:\n  acme:region: us\n  acme:size: 3\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  acme:hub-token: {secure: v1:abc}\n")
    return tmp_path


def test_the_stacks_are_those_that_have_a_file(root: Path) -> None:
    (root / "Pulumi.eu.prod.yaml").write_text("config: {}\n")
    assert Project.at(root).stacks == ["dev", "eu.prod", "prod"]


def test_the_settings_of_a_stacks_deployments_are_no_stack(root: Path) -> None:
    (root / "Pulumi.prod.deploy.yaml").write_text("settings: {}\n")
    assert Project.at(root).stacks == ["dev", "prod"]


def test_a_stacks_own_value_wins_over_the_projects(root: Path) -> None:
    config = Project.at(root).stack("prod").config
    assert (config["acme:region"], config["acme:size"], config["gcp:project"]) == ("us", "3", "acme-1")
    assert json.loads(config["acme:base"])["models"]["bert"]["secrets"] == {"TOKEN": "hub-token"}


def test_a_default_is_used_where_a_stack_says_nothing(root: Path) -> None:
    assert Project.at(root).stack("dev").config["acme:region"] == "eu"


@pytest.mark.parametrize("stack", ["dev", "prod"], ids=["encrypted", "not set but named by a model"])
def test_a_secret_that_cannot_be_known_here_gets_a_placeholder(root: Path, stack: str) -> None:
    settings = Project.at(root).stack(stack)
    assert settings.placeholders == ("acme:hub-token",)
    assert settings.secret_keys == {"acme:hub-token"}
    assert settings.config["acme:hub-token"] == SECRET_PLACEHOLDER


def test_an_unknown_stack_gives_the_nearest(root: Path) -> None:
    with pytest.raises(ProjectError) as caught:
        Project.at(root).stack("prd")
    assert str(caught.value) == f"{root}/Pulumi.prd.yaml: no such stack, nearest: prod"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a", "must be a map, got list"),
        ("runtime: python", "name: must be a text, got None"),
        ("name: a\nmain: gone/", "main: no such file or folder, got 'gone/'"),
    ],
)
def test_a_project_file_that_is_none_says_where_and_what(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(ProjectError) as caught:
        Project.at(tmp_path)
    assert str(caught.value) == f"{tmp_path / 'Pulumi.yaml'}: {message}"


def test_a_folder_without_a_project_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ProjectError) as caught:
        Project.at(tmp_path)
    assert str(caught.value) == f"{tmp_path / 'Pulumi.yaml'}: no such file, fix: run in the folder of a Pulumi project"
