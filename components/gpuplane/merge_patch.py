"""JSON Merge Patch (RFC 7386): maps merge, `null` deletes, everything else replaces.

Source: https://www.rfc-editor.org/rfc/rfc7386
"""

from collections.abc import Mapping
from typing import Any


def merge(target: Any, patch: Any) -> Any:
    """The target with the patch applied; neither is changed.

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
