"""gpuplane diff from a git repository: each revision runs its own program, config and library."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gpuplane.cli.main import app
from gpuplane.diffing.diff import diff_stacks
from gpuplane.diffing.errors import RevisionError
from gpuplane.diffing.markdown import markdown
from projects import ROOT

pytestmark = pytest.mark.processes

PAGE = ROOT / "docs" / "pull-requests.md"
BEGIN, END = "<!-- the comment -->\n", "<!-- end of the comment -->\n"
CIPHERS = "config:\n  gpuplane:wandb-api-key: {{ secure: 'v1:{}' }}\n"


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def committed(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "a revision")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """This project's files in a repository of their own, committed."""
    for path in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(path, tmp_path)
    (tmp_path / "stacks").symlink_to(ROOT / "stacks")
    edit(tmp_path / "Pulumi.prod.yaml", "config:\n", CIPHERS.format("abc"))
    git(tmp_path, "init", "--quiet")
    committed(tmp_path)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def pull_request(project: Path) -> None:
    """A machine type, a replica count, an image and a secret."""
    prod = project / "Pulumi.prod.yaml"
    edit(prod, "machineType: n1-standard-8", "machineType: n1-standard-16")
    edit(prod, "minReplicas: 3", "minReplicas: 4")
    edit(prod, "v1:abc", "v1:def")
    edit(prod, "      resnet50:\n", "      resnet50:\n        image: registry.example.com/ml-images/inference:v1.3.0\n")


def test_the_page_shows_the_comment_that_such_a_change_gets(project: Path) -> None:
    """Set UPDATE_DOCS to write the page anew."""
    pull_request(project)
    comment = markdown(diff_stacks(project, "HEAD", ["prod"]), "gpuplane diff --base origin/main")
    before, _, rest = PAGE.read_text().partition(BEGIN)
    shown, _, after = rest.partition(END)
    if "UPDATE_DOCS" in os.environ:
        PAGE.write_text(f"{before}{BEGIN}{comment}\n{END}{after}")
    else:
        assert shown == f"{comment}\n"
    for secret in ("abc", "def", "placeholder-", "secret:"):
        assert secret not in comment


def test_nothing_is_printed_when_nothing_changes(project: Path) -> None:
    edit(project / "Pulumi.local.yaml", "config:\n", "# A comment.\nconfig:\n")
    call = [sys.executable, "-m", "gpuplane.cli", "diff", "--base", "HEAD", "-s", "local", "--format", "markdown"]
    done = subprocess.run(call, cwd=project, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_stack_that_is_new_is_created_and_one_that_goes_is_deleted(project: Path) -> None:
    shutil.move(project / "Pulumi.local.yaml", project / "Pulumi.laptop.yaml")
    by_stack = {
        one.stack: {change.action.value for change in one.changes}
        for one in diff_stacks(project, "HEAD", ["laptop", "local"])
    }
    assert by_stack == {"laptop": {"created"}, "local": {"deleted"}}


def test_each_revision_runs_with_its_own_library(project: Path) -> None:
    """Only the library's code differs: a default of a namespace."""
    shutil.copytree(ROOT / "components", project / "components", ignore=shutil.ignore_patterns("__pycache__"))
    committed(project)
    default = project / "components/gpuplane/tenancy/limits.py"
    edit(default, 'MEMORY_LIMIT = "512Mi"', 'MEMORY_LIMIT = "768Mi"')
    call = [sys.executable, "-m", "gpuplane.cli", "diff", "--base", "HEAD", "-s", "local", "--format", "json"]
    library = {**os.environ, "PYTHONPATH": str(project / "components")}
    done = subprocess.run(call, cwd=project, capture_output=True, text=True, env=library, check=False)
    assert done.stderr == ""
    ((report,),) = [json.loads(done.stdout)]
    assert [(one["object"], list(one["fields"])) for one in report["changes"]] == [
        ("LimitRange ml-local/defaults", ["spec.limits"])
    ]


@pytest.mark.parametrize(
    ("base", "message"),
    [("no-such", "revision 'no-such': "), ("HEAD", "stack local in ")],
    ids=["revision", "config"],
)
def test_a_revision_that_cannot_be_had_or_run_is_one_line_and_leaves_nothing(
    project: Path, base: str, message: str
) -> None:
    edit(project / "Pulumi.local.yaml", "maxReplicas: 1", "maxReplica: 1")
    with pytest.raises(RevisionError) as caught:
        diff_stacks(project, base, ["local"])
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    listed = subprocess.run(["git", "-C", str(project), "worktree", "list"], capture_output=True, text=True, check=True)
    assert len(listed.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [[], ["--base", "HEAD"], ["--base", "HEAD", "-s", "prod", "--all"], ["--base", "HEAD", "--preview", "x", "--all"]],
)
def test_what_to_compare_has_to_be_said_once(arguments: list[str]) -> None:
    said = CliRunner().invoke(app, ["diff", *arguments])
    assert said.exit_code == 2
    assert "exactly one is required" in said.output
