"""Programs that tests compare with, each built once from its pinned Go module and kept beside the control plane's."""

import hashlib
import tempfile
from pathlib import Path

import platformdirs

from gpuplane.rehearsal.binaries.build import build_module
from gpuplane.rehearsal.binaries.toolchain import go_command

MODULES = Path(__file__).parent / "go"


def program(name: str) -> Path:
    """The program of the module of that name."""
    module = MODULES / name
    digest = hashlib.sha256((module / "go.mod").read_bytes() + (module / "go.sum").read_bytes()).hexdigest()[:16]
    built = platformdirs.user_cache_path("gpuplane") / f"{name}-{digest}" / name
    if not built.exists():
        built.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=built.parent) as work:
            folder = build_module(go_command(module), module, [name], Path(work), print)
            (folder / name).replace(built)
    return built
