"""The workflows: pinned, least privileged, without stored keys, and made of what is there."""

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from go_programs import program
from projects import ROOT

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
NAMES = [path.name for path in FILES]
each = pytest.mark.parametrize("path", FILES, ids=NAMES)


def workflow(path: Path) -> dict[Any, Any]:
    return yaml.safe_load(path.read_text())


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in workflow(path)["jobs"].values() for step in job.get("steps", [])]


def test_there_are_workflows() -> None:
    assert NAMES == ["deploy-stack.yml", "deploy.yml", "preview.yml", "pull-request.yml"]


@pytest.mark.processes
def test_actionlint_finds_nothing() -> None:
    call = [program("actionlint"), "-shellcheck=", "-pyflakes=", *FILES]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    call = [str(zizmor), "--offline", "--no-progress", "--strict-collection", "--min-severity", "medium", str(FOLDER)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@each
def test_every_action_is_pinned_by_commit_with_its_version_beside_it(path: Path) -> None:
    uses = [line.strip() for line in path.read_text().splitlines() if "uses:" in line and "uses: ./" not in line]
    assert [
        line for line in uses if not re.fullmatch(r"(- )?uses: [\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
    ] == []


def test_an_action_has_one_commit_everywhere() -> None:
    pins = {
        tuple(match)
        for path in FILES
        for match in re.findall(r"uses: ([\w-]+/[\w./-]+)@([0-9a-f]{40} # \S+)", path.read_text())
    }
    assert len({name for name, _ in pins}) == len(pins)


@each
def test_a_token_may_nothing_that_its_job_does_not_say(path: Path) -> None:
    assert workflow(path)["permissions"] == {}
    for name, job in workflow(path)["jobs"].items():
        writes = {key for key, value in job["permissions"].items() if value == "write"}
        assert writes <= {"id-token", "pull-requests"}, name
        assert job["permissions"].get("contents") == "read", name


def test_what_a_pull_request_changes_never_runs_with_a_token_that_may_write() -> None:
    job = workflow(FOLDER / "pull-request.yml")["jobs"]["comment"]
    assert "head.repo.full_name == github.repository" in job["if"]
    checkout = next(step for step in job["steps"] if "checkout" in step.get("uses", ""))
    assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"


@each
def test_no_key_is_stored(path: Path) -> None:
    assert "secrets." not in path.read_text()
    for step in steps(path):
        if "checkout@" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


@each
def test_what_comes_from_outside_reaches_a_shell_by_its_environment_only(path: Path) -> None:
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


@each
def test_every_job_ends_and_every_run_has_its_turn(path: Path) -> None:
    said = workflow(path)
    assert all("timeout-minutes" in job or "uses" in job for job in said["jobs"].values())
    if "workflow_call" not in said[True]:
        assert "group" in said["concurrency"]


def test_a_merge_goes_to_dev_then_staging_then_prod_each_in_its_environment() -> None:
    jobs = workflow(FOLDER / "deploy.yml")["jobs"]
    assert [(name, job.get("needs"), job["with"]["stack"]) for name, job in jobs.items()] == [
        ("dev", None, "dev"),
        ("staging", "dev", "staging"),
        ("prod", "staging", "prod"),
    ]
    (up,) = workflow(FOLDER / "deploy-stack.yml")["jobs"].values()
    assert up["environment"] == "${{ inputs.stack }}"
    assert workflow(FOLDER / "deploy.yml")["concurrency"]["cancel-in-progress"] is False


@each
def test_every_target_of_make_and_every_file_is_there(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for step in steps(path):
        for target in re.findall(r"make ([a-z-]+)", step.get("run", "")):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE)
        for file in re.findall(r"scripts/\S+", step.get("run", "")):
            assert (ROOT / file).exists()
        pack = step.get("with", {}).get("policyPacks")
        assert pack is None or (ROOT / pack / "PulumiPolicy.yaml").exists()


@each
def test_every_stack_that_it_names_is_one(path: Path) -> None:
    for job in workflow(path)["jobs"].values():
        named = [
            *job.get("strategy", {}).get("matrix", {}).get("stack", []),
            *filter(None, [job.get("with", {}).get("stack")]),
        ]
        assert [stack for stack in named if not (ROOT / f"Pulumi.{stack}.yaml").exists()] == []


STUB = """\
#!{python}
import json, pathlib, sys
with pathlib.Path({calls!r}).open("a") as calls:
    calls.write(json.dumps([pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]) + "\\n")
print("said by", pathlib.Path(sys.argv[0]).name)
"""
# What a branch may be called, and what a shell would make of it.
VALUE = 'a$(touch${IFS}touched)"; touch touched #'


class Runner:
    """Runs steps as GitHub does, with programs that write down how they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.summary, self.path, self._calls = (folder / name for name in ("summary", "path", "calls"))
        for name in ("make", "pulumi", "python3", ".venv/bin/gpuplane"):
            stub = folder / ("bin" if "/" not in name else "") / name
            stub.parent.mkdir(parents=True, exist_ok=True)
            stub.write_text(STUB.format(python=sys.executable, calls=str(self._calls)))
            stub.chmod(0o755)
        (folder / "comment.md").write_text("said before\n")

    def run(self, step: dict[str, Any]) -> list[list[str]]:
        self._calls.write_text("")
        environment = {
            **dict.fromkeys(step.get("env", {}), VALUE),
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_PATH": str(self.path),
        }
        script = self.folder / "script.sh"
        script.write_text(step["run"])
        subprocess.run(["bash", "-e", script], cwd=self.folder, env=environment, check=True)
        assert not (self.folder / "touched").exists()
        return [json.loads(line) for line in self._calls.read_text().splitlines()]


SCRIPTS = [(path.name, step) for path in FILES for step in steps(path) if "run" in step]


@pytest.mark.parametrize(("file", "step"), SCRIPTS, ids=[f"{file}: {step['run'].split()[0]}" for file, step in SCRIPTS])
def test_what_a_step_is_given_reaches_its_program_as_one_word(file: str, step: dict[str, Any], tmp_path: Path) -> None:
    words = [word for call in Runner(tmp_path).run(step) for word in call]
    given = [key for key in step.get("env", {}) if f"${key}" in step["run"]]
    assert len([word for word in words if VALUE in word]) == len(given)


def step_of(file: str, text: str) -> dict[str, Any]:
    (found,) = [step for step in steps(FOLDER / file) if text in step.get("run", "")]
    return found


def test_the_report_is_the_comment_and_the_summary(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    (call,) = runner.run(step_of("pull-request.yml", "> comment.md"))
    assert call == ["gpuplane", "diff", "--base", f"origin/{VALUE}", "--all", "--rehearse", "--format", "markdown"]
    assert (tmp_path / "comment.md").read_text() == "said by gpuplane\n"
    runner.run(step_of("pull-request.yml", "cat comment.md"))
    assert runner.summary.read_text() == "said by gpuplane\n"


def test_a_preview_is_read_by_the_report_that_stands_in_the_summary(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    preview, report = runner.run(step_of("preview.yml", "pulumi preview"))
    assert preview == ["pulumi", "preview", "--json", "--suppress-outputs", "--stack", VALUE]
    assert report == ["gpuplane", "diff", "--preview", "preview.json", "--format", "markdown"]
    assert (tmp_path / "preview.json").read_text() == "said by pulumi\n"
    assert runner.summary.read_text() == "said by gpuplane\n"


@pytest.mark.parametrize("file", ["preview.yml", "deploy-stack.yml"])
def test_the_engine_finds_uv_and_is_as_new_as_its_sdk(file: str, tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    runner.run(step_of(file, "GITHUB_PATH"))
    assert runner.path.read_text() == f"{tmp_path}/.uv/bin\n"
    order = [step.get("run") or step["uses"] for step in steps(FOLDER / file)]
    pulumi = next(index for index, one in enumerate(order) if one.startswith("pulumi/actions"))
    assert any("GITHUB_PATH" in one for one in order[:pulumi])
    assert steps(FOLDER / file)[pulumi]["with"]["pulumi-version"] == metadata.version("pulumi")
