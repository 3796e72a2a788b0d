"""The folder of the control plane's binaries, which are built if they are missing."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import platformdirs

from gpuplane.program.errors import RunError
from gpuplane.rehearsal.binaries.build import build_flags, build_module
from gpuplane.rehearsal.binaries.toolchain import go_command

BINARIES_VARIABLE = "GPUPLANE_BINARIES_DIR"
CACHE_VARIABLE = "GPUPLANE_CACHE_DIR"

MODULES = {
    "etcd": ("etcd",),
    "kwok": ("kwok", "kwokctl"),
    "kubernetes": ("kube-apiserver", "kube-controller-manager", "kube-scheduler"),
}
TOOLS = tuple(tool for tools in MODULES.values() for tool in tools)

Progress = Callable[[str], None]


def ensure(progress: Progress) -> Path:
    """Return the folder with all of `TOOLS`; build what is missing.

    It is `GPUPLANE_BINARIES_DIR` if that is set; otherwise a folder named after the pinned versions, in
    `GPUPLANE_CACHE_DIR` or the user's cache folder.

    Args:
        progress: Called with a line for each build.

    Raises:
        RunError: `GPUPLANE_BINARIES_DIR` lacks some of them, no Go was found, or the build failed.
    """
    given = os.environ.get(BINARIES_VARIABLE)
    if given:
        return _given(Path(given))
    folder = cache_folder() / f"binaries-{_digest()}"
    missing = [module for module, tools in MODULES.items() if not all((folder / tool).exists() for tool in tools)]
    if missing:
        with _locked(folder, progress):
            go = go_command(_module_folder("kubernetes"))
            for module in missing:
                _make(go, module, folder, progress)
    return folder


def folder() -> Path:
    """Return the folder of the binaries, whether or not they are built."""
    given = os.environ.get(BINARIES_VARIABLE)
    return Path(given) if given else cache_folder() / f"binaries-{_digest()}"


def _make(go: str, module: str, folder: Path, progress: Progress) -> None:
    if all((folder / tool).exists() for tool in MODULES[module]):
        return  # built by another rehearsal while this one waited for the lock
    with tempfile.TemporaryDirectory(dir=folder, prefix="build-") as work:
        built = build_module(go, _module_folder(module), MODULES[module], Path(work), progress)
        for tool in MODULES[module]:
            (built / tool).replace(folder / tool)


def _given(folder: Path) -> Path:
    missing = [tool for tool in TOOLS if not os.access(folder / tool, os.X_OK)]
    if missing:
        raise RunError(
            f"{BINARIES_VARIABLE}: must have all of the control plane's programs, got {str(folder)!r} "
            f"without {', '.join(missing)}, fix: put them there, or unset it to have them built"
        )
    return folder


def cache_folder() -> Path:
    """Return the folder for everything that is fetched or built once."""
    own = os.environ.get(CACHE_VARIABLE)
    return Path(own) if own else platformdirs.user_cache_path("gpuplane")


def _module_folder(module: str) -> Path:
    return Path(__file__).parent / module


def _digest() -> str:
    """Hash everything that decides what is built."""
    digest = hashlib.sha256(f"{sys.platform} {os.uname().machine}".encode())
    for module in sorted(MODULES):
        digest.update(" ".join(build_flags(_module_folder(module))).encode())
        for name in ("go.mod", "go.sum"):
            digest.update((_module_folder(module) / name).read_bytes())
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def _locked(folder: Path, progress: Progress) -> Generator[None, None, None]:
    """Allow one build at a time; the lock ends with the process that holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("binaries: waiting for another rehearsal to build them")
            fcntl.flock(lock, fcntl.LOCK_EX)
        for left_over in folder.glob("build-*"):
            shutil.rmtree(left_over, ignore_errors=True)
        yield
