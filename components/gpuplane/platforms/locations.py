"""Regions and zones of Google Cloud, by their names.

Source: https://cloud.google.com/compute/docs/regions-zones
"""

import re

_ZONE = re.compile(r"([a-z]+-[a-z]+\d+)-[a-z]")


def region_of_zone(zone: str) -> str | None:
    """Return the region of a zone, None if the name is not that of a zone.

    Example:
        >>> region_of_zone("us-central1-a"), region_of_zone("us-central1")
        ('us-central1', None)
    """
    match = _ZONE.fullmatch(zone)
    return match.group(1) if match else None


def region_of(location: str) -> str:
    """Return the region of a location, which is a region or a zone.

    Example:
        >>> region_of("us-central1-a"), region_of("us-central1")
        ('us-central1', 'us-central1')
    """
    return region_of_zone(location) or location
