"""The sources of definitions: Go modules, pinned by version and checksum, downloaded by Go."""

import csv
import functools
import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from gpuplane.program.errors import RunError
from gpuplane.rehearsal import binaries
from gpuplane.rehearsal.binaries.toolchain import go_command, go_environment

# A Go that builds the control plane can download all modules.
_NEWEST = Path(binaries.__file__).parent / "kubernetes"


@dataclass(frozen=True)
class Module:
    """The Go module with the definitions of an API group.

    Attributes:
        group: The API group.
        module: The module's path.
        version: The pinned version.
        sum: Its checksum in go.sum's format.
        folder: The folder of the definitions in the module.
    """

    group: str
    module: str
    version: str
    sum: str
    folder: str


@functools.cache
def modules() -> Mapping[str, Module]:
    """Return the known modules by API group."""
    text = files("gpuplane.rehearsal.crds").joinpath("data", "modules.csv").read_text(encoding="utf-8")
    return {row["group"]: Module(**row) for row in csv.DictReader(text.splitlines())}


def fetch(module: Module) -> Path:
    """Download a module, verify its checksum, and return the folder of its definitions.

    Raises:
        RunError: No Go was found, the module cannot be downloaded, or its checksum differs.
    """
    wanted = f"{module.module}@{module.version}"
    with tempfile.TemporaryDirectory(prefix="gpuplane-crds-") as empty:
        done = subprocess.run(
            [go_command(_NEWEST), "mod", "download", "-json", wanted],
            cwd=empty,
            env={**go_environment(), "GOFLAGS": ""},
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        found = json.loads(done.stdout)
    except ValueError:
        found = {"Error": done.stderr}
    if found.get("Error") or done.returncode:
        last = (str(found.get("Error") or done.stderr).strip().splitlines() or ["no output"])[-1]
        raise RunError(
            f"cannot fetch the definitions of {module.group} from {wanted}: {last}, "
            "fix: go online for the first rehearsal that uses them, or set GOPROXY"
        )
    if found["Sum"] != module.sum:
        raise RunError(f"{wanted} is not what it was: its checksum must be {module.sum}, got {found['Sum']}")
    return Path(found["Dir"]) / module.folder
