"""JSON Merge Patch (RFC 7386): maps merge, `null` deletes, everything else replaces.

Source: https://www.rfc-editor.org/rfc/rfc7386
"""

from collections.abc import Mapping
from typing import Any, cast


def merge(target: Any, patch: Any) -> Any:
    """Apply the patch to a copy of the target.

    Example:
        >>> merge({"a": 1, "b": {"c": 2, "d": 3}}, {"a": None, "b": {"c": 4}})
        {'b': {'c': 4, 'd': 3}}
    """
    if not isinstance(patch, Mapping):
        return patch
    merged: dict[str, Any] = {**target} if isinstance(target, Mapping) else {}
    changes: Mapping[str, Any] = {**patch}
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def compose(first: Any, second: Any) -> Any:
    """One patch for two: the second's nulls stay, for what the patch is applied to.

    Where the first deletes or replaces what the second has keys for, the keys that the target has there stay too.

    Example:
        >>> compose({"a": 1, "b": 2}, {"a": None, "c": {"d": None}})
        {'a': None, 'b': 2, 'c': {'d': None}}
    """
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return second
    known, changes = cast(Mapping[str, Any], first), cast(Mapping[str, Any], second)
    return {**known, **{key: compose(known.get(key), value) for key, value in changes.items()}}


def difference(base: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    """Return the smallest patch that turns the base into the whole; the whole has no nulls.

    Example:
        >>> difference({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": 4, "d": 3}})
        {'b': {'c': 4}, 'a': None}
    """
    patch: dict[str, Any] = {}
    for key, value in whole.items():
        old = base.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            inner = difference({**old}, {**value})
            if inner:
                patch[key] = inner
        elif key not in base or old != value:
            patch[key] = value
    return {**patch, **{key: None for key in base if key not in whole}}
