"""Types of arguments: values known only later, and values that are patches."""

from collections.abc import Awaitable
from typing import Annotated, Any, TypeVar, Union

import pulumi

T = TypeVar("T")

Input = Union[T, Awaitable[T], pulumi.Output[T]]
"""A plain value, or an output of another resource."""

MERGE_PATCH = "JSON Merge Patch"

MergePatch = Annotated[dict[str, Any], MERGE_PATCH]
"""A JSON Merge Patch: its nulls delete keys of what it is applied to, so merging stack files keeps them."""


def is_plain(value: Any) -> bool:
    """Return whether the value is known now, so that rules can check it before any resource is created."""
    return not isinstance(value, (pulumi.Output, Awaitable))
