"""How fast replicas come and go."""

from collections.abc import Iterable
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem


class Pace(Args):
    """How fast, in one direction. With both `pods` and `percent` the larger step is taken."""

    pods: int = 0
    """Most replicas a step; 0 for no such bound."""

    percent: int = 0
    """Most replicas a step, in percent of those there are; 0 for no such bound."""

    period_seconds: int = 60
    """Length of a step."""

    stabilization_seconds: int = 0
    """How long the metrics have to agree first."""

    def own_problems(self) -> Iterable[Problem]:
        """The ranges of `autoscaling/v2`."""
        if not self.pods and not self.percent:
            yield Problem("", "must say pods or percent, got neither")
        for path, value in (("pods", self.pods), ("percent", self.percent)):
            if value < 0:
                yield Problem(path, f"must be at least 0, got {value}")
        if not 1 <= self.period_seconds <= 1800:
            yield Problem("period_seconds", f"must be from 1 to 1800, got {self.period_seconds}")
        if not 0 <= self.stabilization_seconds <= 3600:
            yield Problem("stabilization_seconds", f"must be from 0 to 3600, got {self.stabilization_seconds}")

    @property
    def rules(self) -> dict[str, Any]:
        """The scaling rules as `autoscaling/v2` spells them."""
        steps = (("Pods", self.pods), ("Percent", self.percent))
        return {
            "stabilizationWindowSeconds": self.stabilization_seconds,
            "policies": [
                {"type": kind, "value": value, "periodSeconds": self.period_seconds} for kind, value in steps if value
            ],
        }


class UpPace(Pace):
    """How fast replicas come: a GPU replica takes minutes to load, so scaling follows the trend and not the spike.

    The source documents' numbers are the defaults.
    """

    pods: int = 2
    """Most new replicas a step; 0 to go by `percent` alone."""

    stabilization_seconds: int = 60
    """How long the metrics have to agree first."""


class DownPace(Pace):
    """How fast replicas go: slowly, since each that goes has to load its model again. The source documents' numbers
    are the defaults.
    """

    pods: int = 1
    """Most replicas a step takes away; 0 to go by `percent` alone."""

    period_seconds: int = 120
    """Length of a step."""

    stabilization_seconds: int = 300
    """How long the metrics have to agree first."""
