"""Kustomize itself, built once from its pinned Go module and kept beside the control plane's programs."""

import hashlib
import subprocess
import tempfile
from pathlib import Path

import platformdirs

from gpuplane.rehearsal.binaries.build import build_module
from gpuplane.rehearsal.binaries.toolchain import go_command

MODULE = Path(__file__).parent / "kustomize"


def kustomize() -> Path:
    """The program."""
    digest = hashlib.sha256((MODULE / "go.mod").read_bytes() + (MODULE / "go.sum").read_bytes()).hexdigest()[:16]
    program = platformdirs.user_cache_path("gpuplane") / f"kustomize-{digest}" / "kustomize"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=program.parent) as work:
            built = build_module(go_command(MODULE), MODULE, ["kustomize"], Path(work), print)
            (built / "kustomize").replace(program)
    return program


def build(overlay: Path) -> str:
    """What `kustomize build` says of an overlay."""
    return subprocess.run([kustomize(), "build", overlay], capture_output=True, text=True, check=True).stdout
