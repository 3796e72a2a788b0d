"""Scaling policies: how fast replicas are added and removed."""

from collections.abc import Iterable
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem


class Pace(Args):
    """Scaling policies of one direction. With both `pods` and `percent` the larger step is taken."""

    pods: int = 0
    """Replicas per step; 0 for no such policy."""

    percent: int = 0
    """Replicas per step, in percent of the current ones; 0 for no such policy."""

    period_seconds: int = 60
    """Duration of a step."""

    stabilization_seconds: int = 0
    """Stabilization window: how long the metrics have to agree first."""

    def own_problems(self) -> Iterable[Problem]:
        """Require the ranges of `autoscaling/v2`."""
        if not self.pods and not self.percent:
            yield Problem("", "required: pods or percent, got neither")
        for path, value in (("pods", self.pods), ("percent", self.percent)):
            if value < 0:
                yield Problem(path, f"must be at least 0, got {value}")
        if not 1 <= self.period_seconds <= 1800:
            yield Problem("period_seconds", f"must be from 1 to 1800, got {self.period_seconds}")
        if not 0 <= self.stabilization_seconds <= 3600:
            yield Problem("stabilization_seconds", f"must be from 0 to 3600, got {self.stabilization_seconds}")

    @property
    def rules(self) -> dict[str, Any]:
        """The scaling rules of `autoscaling/v2`."""
        steps = (("Pods", self.pods), ("Percent", self.percent))
        return {
            "stabilizationWindowSeconds": self.stabilization_seconds,
            "policies": [
                {"type": kind, "value": value, "periodSeconds": self.period_seconds} for kind, value in steps if value
            ],
        }


class UpPace(Pace):
    """Policies for adding replicas. A GPU replica takes minutes to load, so scaling follows trends, not spikes."""

    pods: int = 2
    """New replicas per step; 0 to use `percent` only."""

    stabilization_seconds: int = 60
    """Stabilization window: how long the metrics have to agree first."""


class DownPace(Pace):
    """Policies for removing replicas: slowly, since every new replica has to load its model again."""

    pods: int = 1
    """Replicas removed per step; 0 to use `percent` only."""

    period_seconds: int = 120
    """Duration of a step."""

    stabilization_seconds: int = 300
    """Stabilization window: how long the metrics have to agree first."""
