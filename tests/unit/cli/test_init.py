"""A new environment is one short file that renders at once."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gpuplane.arguments.errors import InvalidArgumentsError
from gpuplane.cli.main import app
from gpuplane.program.dry_run import DryResponder
from gpuplane.program.project import Project, ProjectError
from gpuplane.program.run import run_program
from gpuplane.stackconfig.new import new_overlay
from projects import ROOT, project_with


def init(folder: Path, stack: str, source: str) -> str:
    done = CliRunner().invoke(app, ["init", stack, "--from", source, "-C", str(folder)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


@pytest.mark.parametrize("source", ["prod", "dev", "staging", "local"])
def test_a_new_stack_renders_at_once_in_a_namespace_of_its_own(tmp_path: Path, source: str) -> None:
    project_with(tmp_path)
    said = init(tmp_path, "qa", source)
    text = (tmp_path / "Pulumi.qa.yaml").read_text()
    if source == "dev":
        assert len(text.splitlines()) <= 12
    project, responder = Project.at(tmp_path), DryResponder()
    run_program(project, project.stack("qa"), responder)
    namespaces = [obj for obj in responder.manifests.values() if obj["kind"] == "Namespace"]
    spaces = {name for obj in namespaces if (name := obj["metadata"]["name"]).startswith("ml-")}
    assert spaces == {"ml-qa"}
    assert "next: pulumi config set --secret wandb-api-key -s qa" in said
    assert "next: gpuplane rehearse -s qa" in said


def test_a_new_stack_has_the_sizes_of_the_base(tmp_path: Path) -> None:
    project_with(tmp_path)
    init(tmp_path, "qa", "prod")
    overlay = Project.at(tmp_path).layers("qa").overlay
    prod = Project.at(tmp_path).layers("prod").overlay
    assert overlay["cluster"] == {"gke": {**prod["cluster"]["gke"], "project": "acme-ml-qa"}}
    assert overlay["tenants"]["serving"]["namespace"] == "ml-qa"
    assert overlay["pools"] == prod["pools"]
    assert "models" not in overlay


def test_only_what_two_environments_must_not_share_is_renamed() -> None:
    """An issuer that is called after Let's Encrypt's own production is every environment's."""
    cluster = {"gke": {"project": "acme-prod", "location": "us-central1"}}
    overlay = {"cluster": cluster, "gateway": {"issuer": "letsencrypt-prod"}, "tenants": {"a": {"namespace": "prod"}}}
    assert new_overlay({}, overlay, "prod", "qa") == {
        "cluster": {"gke": {"project": "acme-qa", "location": "us-central1"}},
        "gateway": {"issuer": "letsencrypt-prod"},
        "tenants": {"a": {"namespace": "qa"}},
    }


def test_what_is_encrypted_is_not_copied(tmp_path: Path) -> None:
    project_with(tmp_path)
    path = tmp_path / "Pulumi.prod.yaml"
    path.write_text(path.read_text() + "  gpuplane:wandb-api-key: { secure: v1:aaaa }\n  aws:profile: prod-admin\n")
    init(tmp_path, "qa", "prod")
    text = (tmp_path / "Pulumi.qa.yaml").read_text()
    assert "aaaa" not in text
    assert "aws:profile: qa-admin" in text


def test_a_stack_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    for path in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(path, tmp_path)
    (tmp_path / "stacks").symlink_to(ROOT / "stacks")
    done = CliRunner().invoke(app, ["init", "dev", "--from", "prod", "-C", str(tmp_path)])
    assert isinstance(done.exception, ProjectError)
    assert str(done.exception) == (f"{tmp_path}/Pulumi.dev.yaml: file exists, fix: edit it, or choose another name")


@pytest.mark.parametrize("name", ["QA", "a_b", "-a", "a" * 41, ""])
def test_a_name_that_no_namespace_can_have_is_refused(name: str) -> None:
    with pytest.raises(InvalidArgumentsError, match="not a valid name, allowed: at most 40 lower-case letters"):
        new_overlay({}, {}, "prod", name)


def test_a_source_that_is_wrong_is_told_as_such() -> None:
    wrong: dict[str, Any] = {"cluster": {"kubeconfig": {"context": "kind"}}, "tenants": {"a": {"namespaces": "x"}}}
    with pytest.raises(InvalidArgumentsError, match=r"Pulumi.prod.yaml: overlay.tenants.a.namespaces: unknown key"):
        new_overlay({}, wrong, "prod", "qa")
