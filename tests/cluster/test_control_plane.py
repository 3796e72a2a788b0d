"""A control plane starts, is found dead when it is, and is gone when it should be, however its user ended."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from gpuplane.program.errors import RunError
from gpuplane.rehearsal import binaries
from gpuplane.rehearsal.control_plane import control_plane, watchdog
from gpuplane.rehearsal.control_plane.api import KubernetesApi
from processes import listening

pytestmark = pytest.mark.cluster


def silent(_: str) -> None:
    pass


def eventually(condition: Callable[[], bool], timeout_seconds: float = 20) -> bool:
    deadline = time.monotonic() + timeout_seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def mentions(folder: Path) -> list[str]:
    """Command lines of all processes that know the folder."""
    lines = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    return [line for line in lines if str(folder) in line]


def test_it_is_a_kubernetes_of_the_pinned_version_and_leaves_nothing() -> None:
    tools = binaries.ensure(silent)
    with control_plane.start(tools, silent) as plane:
        plane.check_alive()
        api = KubernetesApi(plane.kubeconfig)
        assert {one["metadata"]["name"] for one in api.list("v1", "Namespace")} >= {"default", "kube-system"}
        assert api._client.version["kubernetes"]["gitVersion"] == "v1.36.3"
    assert not plane.folder.exists()
    assert mentions(plane.folder) == []


def test_two_at_once_have_nothing_in_common() -> None:
    tools = binaries.ensure(silent)
    servers: list[str] = []
    both = threading.Barrier(2)

    def hold() -> None:
        with control_plane.start(tools, silent) as plane:
            KubernetesApi(plane.kubeconfig).apply(
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"ns-{len(servers)}"}}
            )
            servers.append(plane.server)
            both.wait(timeout=60)
            plane.check_alive()

    threads = [threading.Thread(target=hold) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(servers)) == 2


HOLD = """
import time
from gpuplane.rehearsal import binaries
from gpuplane.rehearsal.control_plane import control_plane
with control_plane.start(binaries.ensure(print), print) as plane:
    print(plane.folder, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_the_process_that_started_it_however_that_ends(how: signal.Signals) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=listening,
    )
    assert holder.stdout
    folder = next(Path(line.strip()) for line in holder.stdout if line.startswith(os.sep))
    assert list(watchdog.processes(folder))
    holder.send_signal(how)
    holder.wait(timeout=60)
    holder.stdout.close()
    assert eventually(lambda: not folder.exists())
    assert eventually(lambda: mentions(folder) == [])


def lose(component: str) -> None:
    with control_plane.start(binaries.ensure(silent), silent) as plane:
        lost = next(process for name, process in watchdog.processes(plane.folder) if name == component)
        lost.kill()
        # Nobody waits for an answer that cannot come.
        assert eventually(lambda: not list(watchdog.processes(plane.folder)), timeout_seconds=5)


@pytest.mark.parametrize("component", ["kube-apiserver", "etcd"])
def test_a_component_that_is_gone_ends_the_others_and_is_named_with_what_to_do(component: str) -> None:
    with pytest.raises(RunError, match=rf"^{component} has ended, last log line: .*, fix: run the rehearsal"):
        lose(component)


def test_it_needs_nothing_of_path(monkeypatch: pytest.MonkeyPatch) -> None:
    tools = binaries.ensure(silent)
    monkeypatch.setenv("PATH", "")
    with control_plane.start(tools, silent) as plane:
        assert KubernetesApi(plane.kubeconfig).list("v1", "Namespace")


def test_one_that_is_kept_stays_until_its_own_command_ends_it() -> None:
    tools = binaries.ensure(silent)
    with control_plane.start(tools, silent) as plane:
        said = plane.keep()
    try:
        KubernetesApi(plane.kubeconfig).list("v1", "Namespace")
        assert f"export KUBECONFIG={plane.kubeconfig}" in said
    finally:
        command = said.partition("to stop it: ")[2]
        subprocess.run(command, shell=True, check=True)
    assert not plane.folder.exists()
    assert mentions(plane.folder) == []


def test_a_program_that_is_not_one_is_told_with_its_last_words(tmp_path: Path) -> None:
    tools = binaries.ensure(silent)
    for tool in binaries.TOOLS:
        (tmp_path / tool).symlink_to(tools / tool)
    (tmp_path / "kwokctl").unlink()
    (tmp_path / "kwokctl").write_text("#!/bin/sh\necho etcd: no space left\nexit 1\n")
    (tmp_path / "kwokctl").chmod(0o755)
    with (
        pytest.raises(RunError, match="^the control plane did not start, last log line: etcd: no space left$"),
        control_plane.start(tmp_path, silent),
    ):
        pass
