"""Reading nested plain values, such as Kubernetes objects, where any part may be missing."""

from collections.abc import Mapping
from typing import Any, cast


def field(value: Any, path: str, default: Any = None) -> Any:
    """The value at a path of keys with dots between, or the default where a part of it is missing or null.

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
