"""Field-by-field comparison of two plain values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from gpuplane.plain.nested import mapping_or_none

ABSENT = object()


@dataclass(frozen=True)
class FieldChange:
    """One changed field.

    Attributes:
        path: Its path; items of a list with names are addressed by name, as in `containers[server].image`.
        before: Its old value, or `ABSENT`.
        after: Its new value, or `ABSENT`.
    """

    path: str
    before: Any
    after: Any


def field_changes(before: Any, after: Any, path: str = "") -> Iterator[FieldChange]:
    """Yield the fields that differ, sorted by name.

    List items with names are matched by name, whatever their order; any other list is one field.

    Example:
        >>> [change.path for change in field_changes({"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 3}})]
        ['b.c']
    """
    was, now = mapping_or_none(before), mapping_or_none(after)
    if was is not None and now is not None:
        for key in sorted({*was, *now}):
            inner = f"{path}.{key}" if path else key
            yield from field_changes(was.get(key, ABSENT), now.get(key, ABSENT), inner)
        return
    named_before, named_after = _named(before), _named(after)
    if named_before is not None and named_after is not None:
        for name in sorted({*named_before, *named_after}):
            old, new = named_before.get(name, ABSENT), named_after.get(name, ABSENT)
            yield from field_changes(old, new, f"{path}[{name}]")
        return
    if before != after and not (_is_nothing(before) and _is_nothing(after)):
        yield FieldChange(path, before, after)


def plain_path(path: str) -> str:
    """Remove list indices and item names from a path.

    Example:
        >>> plain_path("spec.containers[server].image")
        'spec.containers.image'
    """
    return re.sub(r"\[[^\]]*\]", "", path)


def _named(value: Any) -> dict[str, Any] | None:
    """Return the items by name, or None for anything but a list of named items."""
    if not isinstance(value, list) or not value:
        return None
    items = [mapping_or_none(item) for item in cast(list[Any], value)]
    names = [str(item["name"]) for item in items if item is not None and "name" in item]
    return dict(zip(names, items, strict=True)) if len(set(names)) == len(items) else None


def _is_nothing(value: Any) -> bool:
    return value is ABSENT or value is None or value in ([], {})
