"""Reading nested plain values, such as Kubernetes objects, where any part may be missing."""

from collections.abc import Mapping
from typing import Any, cast


def field(value: Any, path: str, default: Any = None) -> Any:
    """Return the value at a dotted path of keys, or the default where a part of it is missing or null.

    Example:
        >>> field({"status": {"readyReplicas": 2}}, "status.readyReplicas", 0)
        2
        >>> field({"status": None}, "status.readyReplicas", 0)
        0
    """
    here = value
    for key in path.split("."):
        if not isinstance(here, Mapping):
            return default
        here = cast(Mapping[str, Any], here).get(key)
    return default if here is None else here


def mapping(value: Any) -> dict[str, Any]:
    """Return the value if it is a map, else an empty one."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return cast(list[Any], value) if isinstance(value, list) else []


def mapping_or_none(value: Any) -> Mapping[str, Any] | None:
    """Return the value if it is a map, else None."""
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else None
