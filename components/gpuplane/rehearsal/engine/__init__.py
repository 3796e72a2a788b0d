"""The rehearsal by the real Pulumi engine, on a temporary state."""

from gpuplane.rehearsal.engine.rehearse import rehearse_with_engine

__all__ = ["rehearse_with_engine"]
