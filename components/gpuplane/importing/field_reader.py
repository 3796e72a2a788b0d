"""Reading an object field by field, with a report of the fields that nothing read."""

import copy
import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, cast

_GROUPED = ("labels", "annotations", "matchLabels", "selector")


class FieldReader:
    """An object whose fields are read, each once.

    Attributes:
        kind: A Kubernetes kind, or `values`.
        name: The object's name; may be empty.
        is_used: Whether any field was read.

    Example:
        >>> service = FieldReader("Service", "bert", {"spec": {"type": "ClusterIP", "ports": [{"port": 80}]}})
        >>> service.pop("spec.ports.0.port")
        80
        >>> service.unread()
        ['Service bert: spec.type ClusterIP: not imported, no argument for it; fix: `transforms` of the model']
    """

    def __init__(self, kind: str, name: str, value: Mapping[str, Any]) -> None:
        self.kind = kind
        self.name = name
        self.is_used = False
        self._value: Any = copy.deepcopy({**value})

    @property
    def subject(self) -> str:
        """The object's kind and name, for notes."""
        return f"{self.kind} {self.name}".strip()

    def peek(self, path: str) -> Any:
        """Return the value at a path and leave it unread; None where there is none. List indexes are numbers."""
        here = self._value
        for step in path.split(".") if path else []:
            here = _inner(here, step)
        return here

    def pop(self, path: str) -> Any:
        """Return the value at a path and mark it as read. Use `pop_key` for a key with dots."""
        above, _, last = path.rpartition(".")
        return self.pop_key(above, last)

    def pop_key(self, above: str, key: str) -> Any:
        """Return the value of a key in the map or list at a path and mark it as read."""
        parent = self.peek(above)
        found = _inner(parent, key)
        if found is None:
            return None
        self.is_used = True
        if isinstance(parent, dict):
            cast(dict[str, Any], parent).pop(key)
        else:
            # The indexes of the others must not change.
            cast(list[Any], parent)[int(key)] = None
        return found

    def discard(self, path: str, value: Any) -> None:
        """Mark a value as read if it is the one that gpuplane sets anyway."""
        if self.peek(path) == value:
            self.pop(path)

    def unread(self) -> list[str]:
        """Return a line for each field that nothing read; one line for a whole map of labels or the like."""
        if not self.is_used:
            return [f"{self.subject}: not imported, {_reason(self.kind, '')}"]
        return [
            f"{self.subject}: {path} {value}: not imported, {_reason(self.kind, path)}"
            for path, value in _unread(self._value, "")
        ]


def _inner(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return cast(dict[str, Any], value).get(step)
    if isinstance(value, list) and step.isdecimal():
        items = cast(list[Any], value)
        return items[int(step)] if int(step) < len(items) else None
    return None


def _unread(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if value is None or value == {} or value == []:
        return
    if isinstance(value, dict):
        known = cast(dict[str, Any], value)
        if path.rpartition(".")[2] in _GROUPED and not any(isinstance(inner, dict) for inner in known.values()):
            yield path, ", ".join(f"{key}={inner}" for key, inner in known.items())
            return
        for key, inner in known.items():
            yield from _unread(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        items = [item for item in cast(list[Any], value) if item is not None]
        if all(not isinstance(item, (dict, list)) for item in items):
            if items:
                yield path, " ".join(map(str, items))
            return
        for index, item in enumerate(cast(list[Any], value)):
            yield from _unread(item, f"{path}[{index}]")
    else:
        yield path, str(value)


def _reason(kind: str, path: str) -> str:
    """Return the first reason in the data file for this object, or for the beginning or last key of the path."""
    for row in _reasons():
        is_kind = row["kind"] in ("*", kind)
        known = row["path"]
        if is_kind and known and (path.startswith(known) or path.endswith(known)):
            return row["reason"]
        if is_kind and not known and (not path or row["kind"] == "*"):
            return row["reason"]
    raise AssertionError("the last row is for everything")


@cache
def _reasons() -> list[dict[str, str]]:
    text = (resources.files("gpuplane.importing") / "reasons.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
