"""A real Kubernetes control plane on this machine, with nodes that KWOK simulates."""

import base64
import contextlib
import fcntl
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psutil
import yaml

from gpuplane.fields import field
from gpuplane.rehearsal import watchdog
from gpuplane.rehearsal.binaries import TOOLS
from gpuplane.rehearsal.errors import RehearsalError

NAME = "rehearsal"
START_TIMEOUT_SECONDS = 120
ATTEMPTS = 3
LISTEN_TIMEOUT_SECONDS = 20

# The autoscaler looks first after its own period, 15 s by default.
EXTRA_ARGS = ("kube-controller-manager=horizontal-pod-autoscaler-sync-period=1s",)

# etcd and the metrics ports ask nobody who they are: they are for this machine only.
CONFIG: dict[str, Any] = {
    "apiVersion": "config.kwok.x-k8s.io/v1alpha1",
    "kind": "KwokctlConfiguration",
    "options": {"bindAddress": "127.0.0.1"},
}

Progress = Callable[[str], None]


@dataclass
class ControlPlane:
    """A control plane that runs.

    Attributes:
        folder: Where all of it is.
        server: URL of the API server.
        ca_data: Its CA certificate, PEM in base64.
        client_certificate: A certificate that may do everything, PEM.
        client_key: Its key, PEM.
    """

    folder: Path
    server: str
    ca_data: str
    client_certificate: str
    client_key: str
    _guard: "subprocess.Popen[str]"

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig that leads to it."""
        return self.folder / "kubeconfig"

    @property
    def certificate(self) -> Path:
        """The client certificate's file; it serves as a server's as well."""
        return self.folder / "clusters" / NAME / "pki" / "admin.crt"

    @property
    def certificate_key(self) -> Path:
        """Its key's file."""
        return self.certificate.with_suffix(".key")

    @property
    def endpoint(self) -> str:
        """Address of the API server, `host:port`."""
        return self.server.removeprefix("https://")

    def check_alive(self) -> None:
        """Nothing when all of it runs.

        Raises:
            RehearsalError: A process is gone; the message has the last line of its log.
        """
        alive = {component for component, _ in watchdog.processes(self.folder)}
        expected = {path.stem for path in self.folder.glob("clusters/*/pids/*.pid")}
        for component in sorted(expected - alive):
            said = _last_line(self.folder / "clusters" / NAME / "logs" / f"{component}.log")
            raise RehearsalError(f"{component} is gone, its last words: {said}, fix: run the rehearsal again")

    def keep(self) -> str:
        """Leaves it running after this process, and says how to use and to end it."""
        cast(Any, self._guard.stdin).write(watchdog.KEEP)
        command = shlex.join([sys.executable, "-m", "gpuplane.rehearsal.watchdog", str(self.folder)])
        return f"kept: export KUBECONFIG={shlex.quote(str(self.kubeconfig))}\nto end it: {command} < /dev/null"


@contextlib.contextmanager
def start(binaries: Path, progress: Progress) -> Generator[ControlPlane, None, None]:
    """A control plane of its own for as long as the context lasts.

    It ends with the context, and with this process, whatever ends that.

    Args:
        binaries: The folder with its programs.
        progress: Is told when it is ready.

    Raises:
        RehearsalError: It did not start.
    """
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="gpuplane-"))
    guard = subprocess.Popen(
        [sys.executable, "-m", "gpuplane.rehearsal.watchdog", str(folder)],
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _create(binaries, folder)
        plane = _connected(folder, guard)
        progress(f"control plane: ready in {time.monotonic() - began:.1f} s")
        yield plane
    finally:
        cast(Any, guard.stdin).close()
        guard.wait()


def _create(binaries: Path, folder: Path) -> None:
    config = folder / "kwokctl.yaml"
    config.write_text(json.dumps(CONFIG), encoding="utf-8")
    command = [str(binaries / "kwokctl"), "create", "cluster", "--runtime", "binary", "--name", NAME]
    command += ["--config", str(config), "--kubeconfig", str(folder / "kubeconfig"), "--disable-qps-limits"]
    command += ["--wait", f"{START_TIMEOUT_SECONDS}s"]
    for tool in TOOLS:
        if tool != "kwokctl":
            flag = "kwok-controller" if tool == "kwok" else tool
            command += [f"--{flag}-binary", str(binaries / tool)]
    for extra in EXTRA_ARGS:
        command += ["--extra-args", extra]
    log = folder / "kwokctl.log"
    for _ in range(ATTEMPTS):
        with _ports_to_itself(), log.open("w", encoding="utf-8") as output:
            done = subprocess.run(
                command,
                env={**os.environ, "KWOK_WORKDIR": str(folder)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                check=False,
            )
            is_up = done.returncode == 0 and _listens(folder)
        if is_up:
            return
        for _, process in watchdog.processes(folder):
            process.kill()
    raise RehearsalError(f"the control plane did not start, {_why(folder, log)}")


def _listens(folder: Path) -> bool:
    """Whether all of it listens: a port that is only chosen could be chosen again by the next one to start."""
    deadline = time.monotonic() + LISTEN_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        running = [process for _, process in watchdog.processes(folder)]
        if running and all(map(_is_listening, running)):
            return True
        time.sleep(0.05)
    return False


def _is_listening(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return any(one.status == psutil.CONN_LISTEN for one in process.net_connections("tcp"))
    return False


@contextlib.contextmanager
def _ports_to_itself() -> Generator[None, None, None]:
    """One start at a time for each user: each looks for free ports before it takes them."""
    with (Path(tempfile.gettempdir()) / f"gpuplane-ports-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _why(folder: Path, log: Path) -> str:
    logs = [*sorted(folder.glob("clusters/*/logs/*.log")), log]
    for path in logs:
        taken = next((line for line in _lines(path) if "address already in use" in line), None)
        if taken:
            return f"a port is in use: {taken}, fix: end what uses it, and run again"
    return f"its last words: {_last_line(log)}"


def _connected(folder: Path, guard: "subprocess.Popen[str]") -> ControlPlane:
    kubeconfig = yaml.safe_load((folder / "kubeconfig").read_text(encoding="utf-8"))
    pki = folder / "clusters" / NAME / "pki"
    server = str(field(kubeconfig["clusters"][0], "cluster.server"))
    return ControlPlane(
        folder=folder,
        server=server,
        ca_data=base64.b64encode((pki / "ca.crt").read_bytes()).decode(),
        client_certificate=(pki / "admin.crt").read_text(encoding="utf-8"),
        client_key=(pki / "admin.key").read_text(encoding="utf-8"),
        _guard=guard,
    )


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    except OSError:
        return []


def _last_line(path: Path) -> str:
    lines = _lines(path)
    return lines[-1].strip() if lines else "nothing"
