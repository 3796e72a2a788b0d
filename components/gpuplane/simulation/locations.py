"""Regions and zones, as GCE and EC2 spell them."""

import re
from collections.abc import Sequence

_GCE_ZONE = re.compile(r"(.+)-[a-z]")


def region_of(location: str) -> str:
    """The region of a GCE location, which is a region or a zone.

    Example:
        >>> region_of("us-central1-a"), region_of("us-central1")
        ('us-central1', 'us-central1')
    """
    match = _GCE_ZONE.fullmatch(location)
    return match.group(1) if match else location


def gke_zones(location: str, node_locations: Sequence[str]) -> tuple[str, ...]:
    """The zones of a node pool: its own, else the zone it is in, else three of its region, as GKE takes by itself.

    Source: https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters
    """
    if node_locations:
        return tuple(node_locations)
    if region_of(location) != location:
        return (location,)
    return tuple(f"{location}-{letter}" for letter in "abc")


def eks_zones(region: str, subnets: int) -> tuple[str, ...]:
    """The zones of a node group: one a subnet, as its subnets' zones are not known here."""
    return tuple(f"{region}{letter}" for letter in "abcdef"[: max(subnets, 1)])
