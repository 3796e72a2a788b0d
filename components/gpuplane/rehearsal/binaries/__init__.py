"""The control plane's binaries: built once by the Go toolchain from pinned modules, then kept."""

from gpuplane.rehearsal.binaries.store import TOOLS, ensure

__all__ = ["TOOLS", "ensure"]
