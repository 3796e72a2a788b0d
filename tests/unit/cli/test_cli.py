"""What a wrong use of the command says: what and what to do, exit status 2, no traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from commands import gpuplane
from projects import project_with

NO_INTEGER = "should be a valid integer, unable to parse string as an integer"


def test_an_unknown_stack_gives_the_nearest() -> None:
    done = gpuplane("rehearse", "-s", "pord")
    assert (done.status, done.stderr) == (2, "error: Pulumi.pord.yaml: no such stack, nearest: prod\n")


def test_a_folder_that_is_no_project_says_so(tmp_path: Path) -> None:
    done = gpuplane("rehearse", "-s", "prod", "-C", str(tmp_path))
    assert done.status == 2
    assert done.stderr == f"error: {tmp_path}/Pulumi.yaml: no such file, fix: run in the folder of a Pulumi project\n"


@pytest.mark.parametrize("command", [["render", "-o", "out"], ["rehearse"], ["rehearse", "--engine"]])
def test_a_wrong_config_is_told_before_anything_is_started(tmp_path: Path, command: list[str]) -> None:
    wrong = {"models": {"resnet50": {"cpus": "3"}}, "tenants": {"serving": {"quota": {"gpus": "many"}}}}
    project_with(tmp_path, "prod", wrong)
    name, *options = command
    if "--engine" in options:
        for tool in ("pulumi", "pulumi-resource-kubernetes"):
            (tmp_path / tool).write_text("#!/bin/sh\nexit 1\n")
            (tmp_path / tool).chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = gpuplane(name, "-s", "prod", "-C", str(tmp_path), *options, PATH=path)
    assert done.status == 2
    assert done.stderr.splitlines() == [
        'error: stack "prod": 2 problems',
        "  Pulumi.prod.yaml: overlay.models.resnet50.cpus: unknown key, nearest: cpu",
        f"  Pulumi.prod.yaml: overlay.tenants.serving.quota.gpus: {NO_INTEGER}, got 'many'",
    ]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_stack_that_cannot_fit_is_a_verdict_and_nothing_is_started(tmp_path: Path, options: list[str]) -> None:
    project_with(tmp_path, "prod", {"tenants": {"serving": {"quota": {"gpus": 1}}}})
    done = gpuplane("rehearse", "-s", "prod", "-C", str(tmp_path), *options)
    assert (done.status, done.stderr) == (1, "")
    found = "too small, got 1, its servers at max replicas need 8: resnet50 8 x 1, fix: at least 8"
    where = "Pulumi.prod.yaml: overlay.tenants.serving.quota.gpus"
    if options:
        verdict = json.loads(done.stdout)
        assert not verdict["ready"]
        assert [(one["object"], one["what"][: len(found)]) for one in verdict["findings"]] == [(where, found)]
    else:
        assert done.stdout.splitlines()[1] == "prod is not ready, nothing was started"
        assert " ".join(done.stdout.split()).count(f"{where}: {found}") == 1


def test_a_folder_without_the_control_planes_programs_names_them(tmp_path: Path) -> None:
    done = gpuplane("rehearse", "-s", "prod", GPUPLANE_BINARIES_DIR=str(tmp_path))
    assert done.status == 2
    assert done.stderr.startswith("error: GPUPLANE_BINARIES_DIR: must have all of the control plane's programs, got ")
    assert done.stderr.count("\n") == 1


def test_the_engine_that_is_not_there_is_told_with_what_to_install(tmp_path: Path) -> None:
    done = gpuplane("rehearse", "-s", "prod", "--engine", PATH=str(tmp_path))
    assert done.status == 2
    assert done.stderr == (
        "error: --engine needs pulumi and pulumi-resource-kubernetes on PATH, "
        "fix: pulumi: install it from https://www.pulumi.com/docs/iac/download-install; "
        "pulumi-resource-kubernetes: run `pulumi plugin install resource kubernetes` and put its folder on PATH\n"
    )


def test_without_its_extra_the_command_says_what_to_install() -> None:
    start = "import sys; sys.modules['typer'] = None; from gpuplane.cli.entry import main; main()"
    done = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, check=False)
    said = "error: typer is not installed, fix: pip install 'gpuplane[rehearsal]'\n"
    assert (done.returncode, done.stderr) == (2, said)


def test_a_program_that_fails_says_where(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
    (tmp_path / "Pulumi.prod.yaml").write_text("config: {}\n")
    (tmp_path / "__main__.py").write_text("import pulumi\n\n1 / 0\n")
    done = gpuplane("render", "-s", "prod", "-C", str(tmp_path), "-o", str(tmp_path / "out"))
    assert done.status == 2
    assert done.stderr == (
        f"error: the program failed, ZeroDivisionError: division by zero, at {tmp_path}/__main__.py:3\n"
    )
