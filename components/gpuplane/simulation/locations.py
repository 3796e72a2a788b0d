"""Regions and zones in the spelling of GCE and EC2."""

import re
from collections.abc import Sequence

_GCE_ZONE = re.compile(r"(.+)-[a-z]")


def region_of(location: str) -> str:
    """Return the region of a GCE location, which is a region or a zone.

    Example:
        >>> region_of("us-central1-a"), region_of("us-central1")
        ('us-central1', 'us-central1')
    """
    match = _GCE_ZONE.fullmatch(location)
    return match.group(1) if match else location


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
