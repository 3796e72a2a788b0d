"""The source documents' Kustomize overlays against this project's stacks, field by field."""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from go_programs import program
from gpuplane.program.dry_run import DryResponder
from gpuplane.program.project import Project
from gpuplane.program.run import run_program
from gpuplane.rendering.render import rendered
from parity.fields import Difference, by_kind, differences, fields
from parity.table import BEGIN, END, HERE, STACKS, Row, markdown, rows
from projects import ROOT

pytestmark = pytest.mark.cluster

PAGE = ROOT / "docs" / "parity.md"


@cache
def found(stack: str) -> list[Difference]:
    return differences(theirs(stack), ours(stack))


def theirs(stack: str) -> list[dict[str, Any]]:
    quota = HERE / "k8s" / "namespaces" / f"ml-{stack}-quota.yaml"
    made = list(yaml.safe_load_all((HERE / "built" / f"{stack}.yaml").read_text()))
    return [*made, *([yaml.safe_load(quota.read_text())] if quota.exists() else [])]


@cache
def ours(stack: str) -> list[dict[str, Any]]:
    project, responder = Project.at(ROOT), DryResponder()
    recording = run_program(project, project.stack(stack), responder)
    documents = rendered(recording, responder.manifests)
    return [document for name, document in documents.items() if name.startswith(f"kubernetes/ml-{stack}/")]


@pytest.mark.parametrize("stack", STACKS)
def test_every_difference_is_in_the_table(stack: str) -> None:
    """One that is new is either a mistake, or has a row in differences.csv that says why it is better."""
    table = rows()
    assert [one for one in found(stack) if not any(row.covers(one, stack) for row in table)] == []


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.kind} {row.path} {row.stacks}")
def test_every_row_of_the_table_is_a_difference(row: Row) -> None:
    stacks = STACKS if row.stacks == "all" else [row.stacks]
    assert any(row.covers(one, stack) for stack in stacks for one in found(stack))


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(
    "path",
    [
        "spec.template.spec.containers[0].resources.requests.cpu",
        "spec.template.spec.containers[0].resources.limits.memory",
        "spec.template.spec.containers[0].resources.limits.nvidia.com/gpu",
        "spec.template.spec.containers[0].startupProbe.failureThreshold",
        "spec.template.spec.containers[0].readinessProbe.httpGet.path",
        "spec.template.spec.tolerations[0].key",
    ],
)
def test_what_makes_a_server_is_the_same(stack: str, path: str) -> None:
    (their,), (our,) = by_kind(theirs(stack))["Deployment"], by_kind(ours(stack))["Deployment"]
    assert dict(fields(their))[path] == dict(fields(our))[path]


def test_the_documentation_shows_the_table() -> None:
    """To mend it: put what this compares with into docs/parity.md."""
    _, _, rest = PAGE.read_text().partition(BEGIN)
    shown, _, _ = rest.partition(END)
    assert shown == markdown()


def kustomize_build(overlay: Path) -> str:
    call = [program("kustomize"), "build", overlay]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("stack", STACKS)
def test_kustomize_itself_renders_what_is_compared_with(stack: str) -> None:
    assert kustomize_build(HERE / "k8s" / "overlays" / stack) == (HERE / "built" / f"{stack}.yaml").read_text()


def test_the_documents_prod_overlay_does_not_build_without_its_missing_patch(tmp_path: Path) -> None:
    shutil.copytree(HERE / "k8s", tmp_path / "k8s")
    (tmp_path / "k8s/overlays/prod/patches/hpa-patch.yaml").unlink()
    with pytest.raises(subprocess.CalledProcessError) as caught:
        kustomize_build(tmp_path / "k8s/overlays/prod")
    assert "hpa-patch.yaml" in caught.value.stderr
