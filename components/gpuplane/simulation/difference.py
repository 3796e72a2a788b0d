"""The difference between a resource's old and new inputs, and which changes replace the resource."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gpuplane.plain.nested import mapping_or_none
from gpuplane.plain.paths import is_within
from gpuplane.simulation import tables
from gpuplane.simulation.inputs import at
from gpuplane.simulation.wire_values import revealed

_ABSENT = object()


@dataclass(frozen=True)
class Change:
    """One changed property.

    Attributes:
        path: Its path, such as `nodeConfig.spot`; a changed list is one change.
        kind: `add`, `update` or `delete`.
        replaces: Whether it replaces the resource.
    """

    path: str
    kind: str
    replaces: bool


@dataclass(frozen=True)
class Difference:
    """All changed properties.

    Attributes:
        changes: In the order of their paths.
    """

    changes: Sequence[Change]

    @property
    def keys(self) -> list[str]:
        """The top-level properties that changed."""
        return sorted({change.path.partition(".")[0] for change in self.changes})

    @property
    def replacing(self) -> list[str]:
        """The paths of the changes that replace the resource."""
        return [change.path for change in self.changes if change.replaces]


def difference(token: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """Compare the inputs of a resource before and after.

    Leaving out a computed property, or a property with its default value, is no change. Source: the `Computed` and
    `Default` of the Terraform providers' schemas.

    Example:
        >>> difference("aws:kms/key:Key", {"description": "a"}, {"description": "b"}).replacing
        []
    """
    before, after = revealed(old), revealed(new)
    found = [_change(token, path, kind, before, after) for path, kind in sorted(_changes(before, after, ""))]
    return Difference([change for change in found if change is not None])


def _change(token: str, path: str, kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Change | None:
    immutable = next((each for each in tables.replacing(token) if is_within(path, each.path)), None)
    if immutable is None:
        return Change(path, kind, False)
    if immutable.unset == "irreversible":
        return Change(path, kind, kind == "delete")
    if immutable.unset == "computed" and kind == "delete":
        return None
    if immutable.unset and str(at(old, path, immutable.unset)).lower() == str(at(new, path, immutable.unset)).lower():
        return None
    return Change(path, kind, True)


def _changes(old: Any, new: Any, path: str) -> Iterator[tuple[str, str]]:
    before, after = mapping_or_none(old), mapping_or_none(new)
    if before is not None or after is not None:
        was, now = before or {}, after or {}
        for key in sorted({*was, *now}):
            if not key.startswith("__"):
                inner = f"{path}.{key}" if path else key
                yield from _changes(was.get(key, _ABSENT), now.get(key, _ABSENT), inner)
    elif _is_absent(old) and not _is_absent(new):
        yield path, "add"
    elif _is_absent(new) and not _is_absent(old):
        yield path, "delete"
    elif not _is_absent(old) and old != new:
        yield path, "update"


def _is_absent(value: Any) -> bool:
    return value is _ABSENT or value is None or value == []
