"""The zones of simulated node pools and node groups."""

from collections.abc import Sequence

from gpuplane.platforms.locations import region_of


def gke_zones(location: str, node_locations: Sequence[str]) -> tuple[str, ...]:
    """Return the zones of a node pool: its own, else the zone of the location, else three zones of the region, as GKE
    chooses.

    Source: https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters
    """
    if node_locations:
        return tuple(node_locations)
    if region_of(location) != location:
        return (location,)
    return tuple(f"{location}-{letter}" for letter in "abc")


def eks_zones(region: str, subnets: int) -> tuple[str, ...]:
    """Return the zones of a node group: one per subnet, since the zones of subnets are unknown here."""
    return tuple(f"{region}{letter}" for letter in "abcdef"[: max(subnets, 1)])
