"""The control plane's programs that a rehearsal needs, or the Go toolchain that builds them."""

from pathlib import Path

from gpuplane.doctor.check import Check, missing, ok
from gpuplane.program.errors import RunError
from gpuplane.rehearsal.binaries import store
from gpuplane.rehearsal.binaries.toolchain import go_command


def control_plane() -> Check:
    """Check that a rehearsal can start, at once or after a build."""
    name = "control plane"
    folder = store.folder()
    absent = [tool for tool in store.TOOLS if not (folder / tool).exists()]
    if not absent:
        return ok(name, str(folder))
    try:
        go = go_command(Path(store.__file__).parent / "kubernetes")
    except RunError as error:
        return missing(name, f"not built, and {str(error).partition(', fix: ')[0]}", "pip install 'gpuplane[go]'")
    return ok(name, f"the first rehearsal builds {len(absent)} programs with {go}")
