"""Rules of the number of nodes, their zones, disks and pods."""

from collections.abc import Iterator

from gpuplane.arguments.errors import Problem
from gpuplane.nodepools.gke.fields import GkeGpuPoolFields
from gpuplane.nodepools.gke.provisioning import GkeProvisioningModel
from gpuplane.platforms.locations import region_of_zone

# Source: https://cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr
FEWEST_PODS, MOST_PODS = 8, 256
SMALLEST_DISK_GIB = 10


def counts(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Require a valid range of node counts."""
    if not 0 <= pool.min_nodes <= pool.max_nodes:
        yield Problem("min_nodes", f"must be from 0 to max_nodes, got {pool.min_nodes}, max_nodes is {pool.max_nodes}")
    if pool.max_nodes < 1:
        yield Problem("max_nodes", f"must be at least 1, got {pool.max_nodes}")
    if pool.provisioning_model is GkeProvisioningModel.QUEUED and pool.min_nodes > 0:
        yield Problem("min_nodes", f"must be 0 with provisioning_model queued, got {pool.min_nodes}, fix: leave it out")


def zones(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Require distinct zones of one region, and as many as the other arguments need."""
    regions = {region_of_zone(zone) for zone in pool.zones or []}
    for index, zone in enumerate(pool.zones or []):
        if region_of_zone(zone) is None:
            yield Problem(f"zones[{index}]", f"must be a zone such as us-central1-a, got {zone!r}")
        elif zone in (pool.zones or [])[:index]:
            yield Problem(f"zones[{index}]", f"duplicate, got {zone!r}, fix: remove it")
    if None not in regions and len(regions) > 1:
        yield Problem("zones", f"must be in one region, got {', '.join(sorted(filter(None, regions)))}")
    if pool.zones is not None and not pool.zones:
        yield Problem("zones", "must not be empty, got none, fix: leave it out for the cluster's zones")
    if pool.limits_per_zone and not pool.zones:
        yield Problem("zones", "required with limits_per_zone, which multiplies by the number of zones, got nothing")
    if pool.placement and len(pool.zones or []) != 1:
        yield Problem("zones", f"must be one zone with placement, got {pool.zones or 'nothing'}")


def amounts(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Require a boot disk and a number of pods within GKE's limits."""
    if pool.disk_gib < SMALLEST_DISK_GIB:
        yield Problem("disk_gib", f"must be at least {SMALLEST_DISK_GIB}, got {pool.disk_gib}")
    if pool.max_pods is not None and not FEWEST_PODS <= pool.max_pods <= MOST_PODS:
        yield Problem("max_pods", f"must be from {FEWEST_PODS} to {MOST_PODS}, got {pool.max_pods}")


def streamed(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Require image streaming with secondary boot disks."""
    if pool.secondary_boot_disks and not pool.image_streaming:
        yield Problem("image_streaming", "must be true with secondary_boot_disks, got False, fix: leave it out")


RULES = (counts, zones, amounts, streamed)
