"""A request to make a resource, as the rules that refuse one read it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from gpuplane.simulation.markers import is_opaque


@dataclass(frozen=True)
class Request:
    """One resource that is about to be made or changed.

    Attributes:
        token: Its type.
        name: Its physical name.
        inputs: Its inputs, secrets revealed.
        clusters: Names of the clusters of this cloud that the program made itself; empty when it made none, then any
            cluster may exist.
        launch_template: The inputs of the launch template it names, None without one.
        location: The region or zone it goes to.
        project: The Google Cloud project it goes to.
    """

    token: str
    name: str
    inputs: Mapping[str, Any]
    clusters: Sequence[str] = ()
    launch_template: Mapping[str, Any] | None = None
    location: str = ""
    project: str = ""

    def get(self, path: str, default: Any = None) -> Any:
        """The plain value at a property path such as `nodeConfig.machineType`; the default where it is unknown."""
        return at(self.inputs, path, default)


def at(inputs: Mapping[str, Any], path: str, default: Any = None) -> Any:
    """The plain value at a dotted property path; the default where it is missing or unknown.

    Example:
        >>> at({"nodeConfig": {"spot": True}}, "nodeConfig.spot")
        True
    """
    here: Any = inputs
    for step in path.split("."):
        here = cast(Mapping[str, Any], here).get(step) if isinstance(here, Mapping) else None
    return default if here is None or is_opaque(here) else here


def texts(value: Any) -> Iterator[tuple[int, str]]:
    """The known texts of a list with their places."""
    for index, item in enumerate(cast(Sequence[Any], value or ())):
        if isinstance(item, str) and not is_opaque(item):
            yield index, item


def objects(inputs: Mapping[str, Any], path: str) -> list[Mapping[str, Any]]:
    """The known objects of a list at a property path; none where it is missing or unknown."""
    found = cast(Sequence[Any], at(inputs, path, ()))
    return [cast(Mapping[str, Any], one) for one in found if isinstance(one, Mapping) and not is_opaque(one)]
