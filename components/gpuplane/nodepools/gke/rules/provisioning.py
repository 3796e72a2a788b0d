"""Rules of how nodes are bought, placed, mended and upgraded.

Sources: the preconditions of https://github.com/GoogleCloudPlatform/cluster-toolkit, modules/compute/gke-node-pool, and
https://cloud.google.com/kubernetes-engine/docs/concepts/dws.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gpuplane.arguments.errors import Problem
from gpuplane.nodepools.gke.capacity import FLEXIBLE, GkeCapacity, ReservationUse

if TYPE_CHECKING:
    from gpuplane.nodepools.gke.args import GkeGpuPoolShape

# Machines whose flex-start nodes can be placed together.
COMPACT_FLEX_START = frozenset({"a3-ultragpu-8g", "a4-highgpu-8g"})

# Sources, read in November 2026: https://cloud.google.com/compute/docs/instances/limit-vm-runtime and, for the seven
# days, https://cloud.google.com/compute/docs/instances/about-flex-start-vms
SHORTEST_RUN_SECONDS, LONGEST_RUN_SECONDS = 30, 120 * 24 * 3600
LONGEST_FLEXIBLE_RUN_SECONDS = 7 * 24 * 3600


def reserved(pool: "GkeGpuPoolShape") -> Iterator[Problem]:
    """Only on-demand nodes take a reservation."""
    takes = pool.reservation and pool.reservation.consume is not ReservationUse.NONE
    if takes and pool.capacity is not GkeCapacity.ON_DEMAND:
        yield Problem(
            "reservation",
            f"must be left out with capacity {pool.capacity.value}, whose nodes take none, fix: capacity on-demand",
        )


def repaired(pool: "GkeGpuPoolShape") -> Iterator[Problem]:
    """Nodes that come when there are some are not made anew at will."""
    if pool.repair and pool.capacity in FLEXIBLE:
        yield Problem("repair", f"must be false with capacity {pool.capacity.value}, got True, fix: leave it out")


def placed(pool: "GkeGpuPoolShape") -> Iterator[Problem]:
    """Compact placement excludes what would need room beside it."""
    if not pool.placement:
        return
    if pool.upgrade and pool.upgrade.blue_green:
        yield Problem("upgrade.blue_green", "must be left out with placement, fix: upgrade.surge")
    if pool.capacity is GkeCapacity.QUEUED:
        yield Problem("placement", "must be left out with capacity queued, fix: capacity flex-start or on-demand")
    if pool.capacity is GkeCapacity.FLEX_START and pool.machine_type not in COMPACT_FLEX_START:
        yield Problem(
            "placement",
            f"must be left out with capacity flex-start on {pool.machine_type}, "
            f"allowed on: {', '.join(sorted(COMPACT_FLEX_START))}",
        )


def run_time(pool: "GkeGpuPoolShape") -> Iterator[Problem]:
    """A run time that Google takes."""
    longest = LONGEST_FLEXIBLE_RUN_SECONDS if pool.capacity in FLEXIBLE else LONGEST_RUN_SECONDS
    if pool.max_run_seconds is not None and not SHORTEST_RUN_SECONDS <= pool.max_run_seconds <= longest:
        yield Problem(
            "max_run_seconds",
            f"must be from {SHORTEST_RUN_SECONDS} to {longest} with capacity {pool.capacity.value}, "
            f"got {pool.max_run_seconds}",
        )


RULES = (reserved, repaired, placed, run_time)
