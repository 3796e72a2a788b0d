"""Stacks that a command wrote, against a real control plane."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gpuplane.cli.main import app
from gpuplane.importing.kustomize import import_kustomize
from gpuplane.program.project import Project
from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
from projects import ROOT, project_with

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


def test_a_new_environment_is_ready_at_once(tmp_path: Path) -> None:
    project_with(tmp_path)
    done = CliRunner().invoke(app, ["init", "qa", "--from", "dev", "-C", str(tmp_path)])
    assert done.exit_code == 0
    verdict = rehearse_stack(Project.at(tmp_path), "qa", [].append).verdict
    assert verdict.findings == []
    assert [(row.workload, row.ready) for row in verdict.servers if row.workload.startswith("ml-qa/")] == [
        ("ml-qa/resnet50", 1)
    ]


def test_the_imported_prod_overlay_is_rehearsed_and_what_it_lacks_is_said(tmp_path: Path) -> None:
    """Its claim is ReadOnlyMany, of a class that cannot provide it, with nobody to write the model to it."""
    import_kustomize(ROOT / "tests" / "parity" / "k8s").write(tmp_path)
    (tmp_path / "stacks").symlink_to(ROOT / "stacks")
    verdict = rehearse_stack(Project.at(tmp_path), "prod", [].append).verdict
    servers = {row.workload: row.wanted for row in verdict.servers}
    assert servers["ml-prod/model-server"] == 3
    (claim,) = [finding for finding in verdict.findings if finding.source == "provisioner"]
    assert (claim.object, claim.what) == ("PersistentVolumeClaim ml-prod/model-server-model", "not bound")
    assert claim.reason.startswith("kubernetes.io/gce-pd cannot provide ReadOnlyMany")
