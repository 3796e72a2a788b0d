"""The metrics APIs that autoscalers read, served from the rehearsal's own process with simulated usage."""

from gpuplane.rehearsal.metrics.server import GROUPS, served

__all__ = ["GROUPS", "served"]
