"""The table of each platform, read from `data/`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from gpuplane.platforms.facts import PlatformFacts
from gpuplane.platforms.platform import Platform


@cache
def facts(platform: Platform) -> PlatformFacts:
    """Read the table of one platform.

    Example:
        >>> facts(Platform.GKE).accelerator_label
        'cloud.google.com/gke-accelerator'
    """
    # Loaded with the data, so that an import of this package stays fast.
    import pydantic

    path = files("gpuplane.platforms").joinpath("data", f"{platform.value}.json")
    return pydantic.TypeAdapter(PlatformFacts).validate_json(path.read_bytes())


def accelerator_labels() -> list[str]:
    """Return the node labels that name an accelerator, one for each platform that has one."""
    return [found.accelerator_label for found in all_facts().values() if found.accelerator_label]


def all_facts() -> Mapping[Platform, PlatformFacts]:
    """Read the tables of all platforms."""
    return {platform: facts(platform) for platform in Platform}
