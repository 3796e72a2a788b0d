"""Google's zones and regions, by their names."""

import re

_ZONE = re.compile(r"([a-z]+-[a-z]+\d+)-[a-z]")


def region_of_zone(zone: str) -> str | None:
    """The region of a zone, None where the name is not a zone's.

    Source: https://cloud.google.com/compute/docs/regions-zones

    Example:
        >>> region_of_zone("us-central1-a"), region_of_zone("us-central1")
        ('us-central1', None)
    """
    match = _ZONE.fullmatch(zone)
    return match.group(1) if match else None


def region_of_location(location: str) -> str:
    """The region of a cluster's location, which is a region or a zone."""
    return region_of_zone(location) or location
