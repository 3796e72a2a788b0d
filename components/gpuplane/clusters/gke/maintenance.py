"""The maintenance window of a GKE cluster."""

import re
from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.clusters.gke.fields import Weekday

# Source: https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions
SHORTEST_WINDOW_HOURS, LONGEST_WINDOW_HOURS = 4, 24
HOURS_OF_32_DAYS = 48

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class GkeMaintenance(Args):
    """When GKE may upgrade the control plane and nodes by itself.

    Example:
        >>> list(GkeMaintenance(start="22:00", hours=6, days=["saturday", "sunday"]).problems())
        []
    """

    start: str
    """Start of the window, `HH:MM` in UTC."""

    hours: int = 4
    """Length of the window in hours, 4 to 24."""

    days: list[Weekday] = []
    """Days of the week. By default all of them."""

    def own_problems(self) -> Iterable[Problem]:
        """Check that the window is as long and as frequent as GKE requires."""
        if not _TIME.fullmatch(self.start):
            yield Problem("start", f"must be HH:MM in UTC, got {self.start!r}")
        if not SHORTEST_WINDOW_HOURS <= self.hours <= LONGEST_WINDOW_HOURS:
            yield Problem("hours", f"must be from {SHORTEST_WINDOW_HOURS} to {LONGEST_WINDOW_HOURS}, got {self.hours}")
        elif (of_32_days := self.hours * len(set(self.days) or Weekday) * 32 // 7) < HOURS_OF_32_DAYS:
            yield Problem(
                "days",
                f"must make {HOURS_OF_32_DAYS} hours in 32 days, got {of_32_days}, fix: more days, or more hours",
            )
