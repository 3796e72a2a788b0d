"""Builds the binaries of one Go module."""

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from gpuplane.program.errors import RunError
from gpuplane.rehearsal.binaries.toolchain import go_environment

_KUBERNETES = re.compile(r"^\s*k8s\.io/kubernetes (v(\d+)\.(\d+)\.\S+)", re.MULTILINE)
_VERSION = "k8s.io/component-base/version"
_TOOL = re.compile(r"^(?:tool\s+|\t)(\S+/\S+)$", re.MULTILINE)
# Go's messages when it cannot reach the module proxy.
_NO_NETWORK = ("dial tcp", "no such host", "connection refused", "i/o timeout", "TLS handshake", "proxyconnect")


def build_flags(module: Path) -> list[str]:
    """Return linker flags that strip the binaries and stamp them with the version of Kubernetes.

    Without the stamp the API server reports v0.0.0-master, which clients reject.
    """
    match = _KUBERNETES.search((module / "go.mod").read_text(encoding="utf-8"))
    if not match:
        return ["-s", "-w"]
    version, major, minor = match.groups()
    stamps = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    return ["-s", "-w", *(f"-X={_VERSION}.{key}={value}" for key, value in stamps.items())]


def build_module(go: str, module: Path, tools: Sequence[str], work: Path, progress: Callable[[str], None]) -> Path:
    """Build all binaries that the module's go.mod lists as tools.

    Args:
        go: The Go command.
        module: Folder of go.mod and go.sum.
        tools: Names of the binaries.
        work: An empty folder for the build.
        progress: Called with a line when the build begins and ends.

    Returns:
        The folder of the binaries.

    Raises:
        RunError: The build failed.
    """
    source, out = work / "source", work / "out"
    source.mkdir()
    out.mkdir()
    for name in ("go.mod", "go.sum"):
        shutil.copy(module / name, source / name)
    packages = _packages(module)
    # Go names the binary of a single package by the given path, those of several by their folders.
    target = out / tools[0] if len(packages) == 1 else out
    progress(f"binaries: building {', '.join(tools)}, once; minutes on a small machine")
    began = time.monotonic()
    command = [go, "build", "-trimpath", "-ldflags", " ".join(build_flags(module)), "-o", str(target), *packages]
    done = subprocess.run(command, cwd=source, env=go_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RunError(_failure(module.name, done.stderr))
    progress(f"binaries: built {', '.join(tools)} in {time.monotonic() - began:.0f} s")
    return out


def _packages(module: Path) -> list[str]:
    text = (module / "go.mod").read_text(encoding="utf-8")
    block = re.search(r"^tool \((.*?)^\)", text, re.MULTILINE | re.DOTALL)
    return _TOOL.findall(block.group(1) if block else text)


def _failure(module: str, output: str) -> str:
    if any(sign in output for sign in _NO_NETWORK):
        return (
            f"cannot fetch the sources of {module}: the Go module proxy does not answer, fix: go online for the first "
            "rehearsal, set GOPROXY, or point GPUPLANE_BINARIES_DIR to ready-made programs"
        )
    log = Path(tempfile.gettempdir()) / f"gpuplane-build-{module}.log"
    log.write_text(output, encoding="utf-8")
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "no output")
    return f"cannot build {module}: {last.strip()}, see {log}"
