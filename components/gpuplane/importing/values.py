"""Untyped YAML, a step at a time."""

from typing import Any, cast


def mapping(value: Any) -> dict[str, Any]:
    """The value where it is a map, else an empty one."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return cast(list[Any], value) if isinstance(value, list) else []


def strings(value: Any) -> list[str]:
    """The items of a list, as texts."""
    return [str(item) for item in items(value)]
