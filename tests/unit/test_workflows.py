"""The workflows: pinned, least privileged, without stored keys, and made of what is there."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

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


def test_the_linter_finds_nothing() -> None:
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


@each
def test_the_shell_of_every_step_is_right(path: Path) -> None:
    for step in steps(path):
        if "run" in step:
            done = subprocess.run(["bash", "-n"], input=step["run"], text=True, capture_output=True, check=False)
            assert done.returncode == 0, done.stderr
