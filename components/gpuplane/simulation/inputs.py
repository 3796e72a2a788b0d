"""Reads values out of a resource's inputs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from gpuplane.simulation.wire_values import is_opaque


def at(inputs: Mapping[str, Any], path: str, default: Any = None) -> Any:
    """Return the plain value at a dotted property path; the default if it is missing or unknown.

    Example:
        >>> at({"nodeConfig": {"spot": True}}, "nodeConfig.spot")
        True
    """
    here: Any = inputs
    for step in path.split("."):
        here = cast(Mapping[str, Any], here).get(step) if isinstance(here, Mapping) else None
    return default if here is None or is_opaque(here) else here


def texts(value: Any) -> Iterator[tuple[int, str]]:
    """Yield the known strings of a list with their indices."""
    for index, item in enumerate(cast(Sequence[Any], value or ())):
        if isinstance(item, str) and not is_opaque(item):
            yield index, item


def objects(inputs: Mapping[str, Any], path: str) -> list[Mapping[str, Any]]:
    """Return the known objects of a list at a property path; none if it is missing or unknown."""
    found = cast(Sequence[Any], at(inputs, path, ()))
    return [cast(Mapping[str, Any], one) for one in found if isinstance(one, Mapping) and not is_opaque(one)]
