"""The command itself: what it prints, how it ends, and that nothing outlives it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import yaml

from gpuplane.rehearsal import binaries
from processes import listening
from projects import ROOT

NO_TOLERATION = {"deployment": {"spec": {"template": {"spec": {"tolerations": []}}}}}

pytestmark = pytest.mark.cluster


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that a command leaves behind is below this test's own folder."""
    binaries.ensure(print)
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def start(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "gpuplane.cli", "rehearse", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=listening,
    )


def left_behind(folder: Path) -> list[str]:
    deadline = time.monotonic() + 20
    while True:
        files = [path.name for path in folder.iterdir() if path.name.startswith("gpuplane-") and path.is_dir()]
        lines = [" ".join(one.info["cmdline"] or []) for one in psutil.process_iter(["cmdline"])]
        found = files + [line for line in lines if f"{folder}{os.sep}gpuplane-" in line]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def until(process: "subprocess.Popen[str]", word: str) -> None:
    assert process.stderr
    assert any(word in line for line in process.stderr), word


def test_a_ready_stack_is_status_0_with_its_verdict_as_json(tmp_path: Path) -> None:
    process = start("-s", "dev", "--json")
    output, _ = process.communicate()
    verdict = json.loads(output)
    assert (process.returncode, verdict["ready"], verdict["findings"]) == (0, True, [])
    assert verdict["gpus"] == [{"resource": "nvidia.com/gpu", "held": 1, "asked": 1, "available": 1}]
    assert left_behind(tmp_path) == []


def test_a_stack_that_is_not_ready_is_status_1_and_says_why(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for name in ("Pulumi.yaml", "stacks"):
        (project / name).symlink_to(ROOT / name)
    settings = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text())
    settings["config"]["gpuplane:overlay"]["models"]["resnet50"]["transforms"] = NO_TOLERATION
    (project / "Pulumi.prod.yaml").write_text(yaml.safe_dump(settings))
    process = start("-s", "prod", "-C", str(project))
    output, _ = process.communicate()
    assert process.returncode == 1
    assert "prod is not ready" in output
    assert "Deployment ml-prod/resnet50: 0 of 3 replicas ready" in output
    assert "scheduler: 0/4 nodes are available" in output
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("word", ["program: ", "cluster: "])
def test_ctrl_c_ends_it_all_without_a_traceback(tmp_path: Path, word: str) -> None:
    process = start("-s", "prod")
    until(process, word)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("component", ["kube-apiserver", "kube-scheduler", "etcd"])
def test_a_control_plane_that_is_killed_is_status_2_and_one_line(tmp_path: Path, component: str) -> None:
    process = start("-s", "prod")
    until(process, "cluster: ")
    (pid_file,) = tmp_path.glob(f"gpuplane-*/clusters/*/pids/{component}.pid")
    os.kill(int(pid_file.read_text()), signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2, said
    (line,) = said.splitlines()
    assert line.startswith("error: ")
    assert "fix: run the rehearsal again" in line
    assert left_behind(tmp_path) == []


def test_a_kept_control_plane_has_the_stack_in_it_until_it_is_ended(tmp_path: Path) -> None:
    process = start("-s", "dev", "--keep")
    _, said = process.communicate()
    assert process.returncode == 0
    use, end = said.splitlines()[-2:]
    kubeconfig = Path(use.partition("KUBECONFIG=")[2])
    assert kubeconfig.exists()
    subprocess.run(end.partition("to stop it: ")[2], shell=True, check=True)
    assert left_behind(tmp_path) == []
