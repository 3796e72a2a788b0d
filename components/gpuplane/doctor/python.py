"""The virtual environment that Pulumi runs the program in."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from gpuplane.doctor.check import Check, missing, ok
from gpuplane.doctor.host import Host


def environment(host: Host, root: Path, settings: Mapping[str, Any]) -> Iterator[Check]:
    """Check the toolchain and virtual environment of `runtime` in Pulumi.yaml."""
    runtime = settings.get("runtime")
    found = cast(dict[str, Any], runtime).get("options") if isinstance(runtime, dict) else None
    options = cast(dict[str, Any], found) if isinstance(found, dict) else {}
    toolchain = str(options.get("toolchain", "pip"))
    if toolchain == "uv":
        yield _uv(host, root)
    name = options.get("virtualenv")
    if not name:
        return
    folder = root / str(name)
    has_python = any((folder / place).exists() for place in ("bin/python", "Scripts/python.exe"))
    fix = "uv sync --all-extras" if toolchain == "uv" else "pulumi install"
    yield ok("virtual environment", str(folder)) if has_python else missing("virtual environment", f"no {folder}", fix)


def _uv(host: Host, root: Path) -> Check:
    found = host.find("uv")
    if found:
        return ok("uv", found)
    own = root / ".uv" / "bin"
    fix = f'export PATH="{own.resolve()}:$PATH"' if (own / "uv").exists() else "pip install uv"
    return missing("uv", "not on PATH; Pulumi runs the program with it", fix)
