"""The processes of a control plane, started by kwokctl with its binary runtime."""

import contextlib
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import psutil

from gpuplane.program.errors import RunError
from gpuplane.rehearsal.binaries import TOOLS
from gpuplane.rehearsal.control_plane import watchdog

NAME = "rehearsal"
ATTEMPTS = 3
START_TIMEOUT_SECONDS = 120
POLL_SECONDS = 0.05

# The autoscaler's first look comes after its period, 15 s by default.
EXTRA_ARGS = ("kube-controller-manager=horizontal-pod-autoscaler-sync-period=1s",)

# kwokctl always chooses the same ports, so two that start together would collide.
PORT_OPTIONS = (
    "kubeApiserverPort",
    "etcdPort",
    "etcdPeerPort",
    "kubeControllerManagerPort",
    "kubeSchedulerPort",
    "kwokControllerPort",
)

# kwokctl downloads a kubectl if PATH has none, only to ask whether the API server is up: `_is_up` does that.
KUBECTL = "#!/bin/sh\nprintf ok\n"


def create(binaries: Path, folder: Path) -> None:
    """Start all processes; on return each listens and the API server is ready.

    Args:
        binaries: The folder of the binaries.
        folder: The folder for their files.

    Raises:
        RunError: They did not start; the message has the last log line of the first that ended.
    """
    why = ""
    for _ in range(ATTEMPTS):
        why = _attempt(binaries, folder)
        if not why:
            return
        kill(folder)
        shutil.rmtree(folder / "clusters", ignore_errors=True)
    raise RunError(f"the control plane did not start, {why}")


def kill(folder: Path) -> None:
    """Kill all processes; their folder stays."""
    for _, process in watchdog.processes(folder):
        with contextlib.suppress(psutil.Error):
            process.kill()


def gone(folder: Path) -> str:
    """Name a process that has ended, with the last line of its log; empty while all run."""
    alive = {component for component, _ in watchdog.processes(folder)}
    for component in sorted({path.stem for path in folder.glob("clusters/*/pids/*.pid")} - alive):
        return f"{component} has ended, last log line: {_last_line(folder, component)}"
    return ""


def _attempt(binaries: Path, folder: Path) -> str:
    """Try to start them, and return why it failed; empty on success."""
    log = folder / "kwokctl.log"
    ports: dict[str, int] = dict(zip(PORT_OPTIONS, _free_ports(len(PORT_OPTIONS)), strict=True))
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            [*_command(binaries, folder), "--config", str(_config(folder, ports))],
            env={
                **os.environ,
                "KWOK_WORKDIR": str(folder),
                "PATH": f"{_shims(folder)}{os.pathsep}{os.environ['PATH']}",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
        )
    if done.returncode:
        return f"last log line: {_last(log)}"
    url, context = f"https://127.0.0.1:{ports['kubeApiserverPort']}/readyz", _client(folder)
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        why = gone(folder)
        if why or _is_up(folder, url, context):
            return why
        time.sleep(POLL_SECONDS)
    return f"kube-apiserver is not ready after {START_TIMEOUT_SECONDS} s: {_last_line(folder, 'kube-apiserver')}"


def _command(binaries: Path, folder: Path) -> list[str]:
    command = [str(binaries / "kwokctl"), "create", "cluster", "--runtime", "binary", "--name", NAME]
    command += ["--kubeconfig", str(folder / "kubeconfig"), "--disable-qps-limits", "--wait", "0s"]
    for tool in TOOLS:
        if tool != "kwokctl":
            flag = "kwok-controller" if tool == "kwok" else tool
            command += [f"--{flag}-binary", str(binaries / tool)]
    for extra in EXTRA_ARGS:
        command += ["--extra-args", extra]
    return command


def _config(folder: Path, ports: Mapping[str, int]) -> Path:
    # etcd and the metrics ports do not authenticate clients, so they listen on this machine only.
    options = {"bindAddress": "127.0.0.1", **ports}
    path = folder / "kwokctl.yaml"
    kind = {"apiVersion": "config.kwok.x-k8s.io/v1alpha1", "kind": "KwokctlConfiguration"}
    path.write_text(json.dumps({**kind, "options": options}), encoding="utf-8")
    return path


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def _shims(folder: Path) -> Path:
    shims = folder / "shims"
    shims.mkdir(exist_ok=True)
    kubectl = shims / "kubectl"
    kubectl.write_text(KUBECTL, encoding="utf-8")
    kubectl.chmod(0o755)
    return shims


def _is_up(folder: Path, url: str, context: ssl.SSLContext) -> bool:
    return _is_ready(url, context) and all(_listens(process) for _, process in watchdog.processes(folder))


def _listens(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return any(one.status == psutil.CONN_LISTEN for one in process.net_connections("tcp"))
    return False


def _is_ready(url: str, context: ssl.SSLContext) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5, context=context) as answer:
        return bool(answer.status == 200)
    return False


def _client(folder: Path) -> ssl.SSLContext:
    pki = folder / "clusters" / NAME / "pki"
    context = ssl.create_default_context(cafile=str(pki / "ca.crt"))
    context.load_cert_chain(str(pki / "admin.crt"), str(pki / "admin.key"))
    return context


def _last_line(folder: Path, component: str) -> str:
    return _last(folder / "clusters" / NAME / "logs" / f"{component}.log")


def _last(log: Path) -> str:
    with contextlib.suppress(OSError):
        lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
        return next((line for line in reversed(lines) if line), "nothing")
    return "nothing"
