"""A real Kubernetes control plane on this machine, with nodes that KWOK simulates."""

import base64
import contextlib
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from gpuplane.plain.nested import field
from gpuplane.program.errors import RunError
from gpuplane.rehearsal.control_plane import watchdog
from gpuplane.rehearsal.control_plane.kwokctl import NAME, create, gone, kill

WATCH_PERIOD_SECONDS = 0.5

Progress = Callable[[str], None]


@dataclass
class ControlPlane:
    """A running control plane.

    Attributes:
        folder: The folder with all of its files.
        server: URL of the API server.
        ca_data: Its CA certificate, PEM in base64.
        client_certificate: A certificate of a cluster administrator, PEM.
        client_key: Its key, PEM.
    """

    folder: Path
    server: str
    ca_data: str
    client_certificate: str
    client_key: str
    _guard: "subprocess.Popen[str]"
    _failure: RunError | None = None

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig of the control plane."""
        return self.folder / "kubeconfig"

    @property
    def certificate(self) -> Path:
        """The client certificate's file, which also serves as a server certificate."""
        return self.folder / "clusters" / NAME / "pki" / "admin.crt"

    @property
    def certificate_key(self) -> Path:
        """The file of the certificate's key."""
        return self.certificate.with_suffix(".key")

    @property
    def endpoint(self) -> str:
        """Address of the API server, `host:port`."""
        return self.server.removeprefix("https://")

    def check_alive(self) -> None:
        """Raise if any of its processes has ended.

        Raises:
            RunError: A process has ended; the message has the last line of its log.
        """
        if self._failure:
            raise self._failure
        why = gone(self.folder)
        if why:
            raise RunError(f"{why}, fix: run the rehearsal again")

    @contextlib.contextmanager
    def watched(self) -> Generator[None, None, None]:
        """Stop all processes as soon as one has ended, so that nobody waits for an answer that cannot come.

        Raises:
            RunError: A process has ended; it replaces other errors, which are its consequences.
        """
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(over,), daemon=True)
        watch.start()
        try:
            yield
            self.check_alive()
        except RunError:
            self.check_alive()
            raise
        finally:
            over.set()
            watch.join()

    def _watch(self, over: threading.Event) -> None:
        while not over.wait(WATCH_PERIOD_SECONDS):
            try:
                self.check_alive()
            except RunError as error:
                self._failure = error
                kill(self.folder)
                return

    def keep(self) -> str:
        """Leave it running after this process, and return how to use and to stop it."""
        cast(Any, self._guard.stdin).write(watchdog.KEEP)
        command = shlex.join([sys.executable, "-m", "gpuplane.rehearsal.control_plane.watchdog", str(self.folder)])
        return f"kept: export KUBECONFIG={shlex.quote(str(self.kubeconfig))}\nto stop it: {command} < /dev/null"


@contextlib.contextmanager
def start(binaries: Path, progress: Progress) -> Generator[ControlPlane, None, None]:
    """Start a control plane that lasts as long as the context.

    It ends with the context, and with this process, however that ends.

    Args:
        binaries: The folder of its binaries.
        progress: Called with a line when it is ready.

    Raises:
        RunError: It did not start.
    """
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="gpuplane-"))
    guard = subprocess.Popen(
        [sys.executable, "-m", "gpuplane.rehearsal.control_plane.watchdog", str(folder)],
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        create(binaries, folder)
        plane = _connected(folder, guard)
        progress(f"control plane: ready in {time.monotonic() - began:.1f} s")
        with plane.watched():
            yield plane
    finally:
        cast(Any, guard.stdin).close()
        guard.wait()


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
