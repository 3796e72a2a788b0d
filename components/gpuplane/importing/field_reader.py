"""Reading an object bit by bit, so that what nobody has read at the end can be told."""

import copy
import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, cast

_GROUPED = ("labels", "annotations", "matchLabels", "selector")


class Taking:
    """An object of which parts are taken, each once.

    Attributes:
        kind: What it is: a Kubernetes kind, or `values`.
        name: What it is called; may be empty.
        is_used: Whether anything looked at it.

    Example:
        >>> service = Taking("Service", "bert", {"spec": {"type": "ClusterIP", "ports": [{"port": 80}]}})
        >>> service.take("spec.ports.0.port")
        80
        >>> service.left()
        ['Service bert: spec.type ClusterIP: not carried, no argument says it; fix: `transforms` of the model']
    """

    def __init__(self, kind: str, name: str, value: Mapping[str, Any]) -> None:
        self.kind = kind
        self.name = name
        self.is_used = False
        self._value: Any = copy.deepcopy({**value})

    @property
    def subject(self) -> str:
        """How notes call it."""
        return f"{self.kind} {self.name}".strip()

    def see(self, path: str) -> Any:
        """The value at a path, left where it is; None where there is none. Indexes of lists are numbers."""
        here = self._value
        for step in path.split(".") if path else []:
            here = _inner(here, step)
        return here

    def take(self, path: str) -> Any:
        """The value at a path, which has now been read; a key with dots of its own is taken by `take_key`."""
        above, _, last = path.rpartition(".")
        return self.take_key(above, last)

    def take_key(self, above: str, key: str) -> Any:
        """The value of a key in the map or list at a path."""
        parent = self.see(above)
        found = _inner(parent, key)
        if found is None:
            return None
        self.is_used = True
        if isinstance(parent, dict):
            cast(dict[str, Any], parent).pop(key)
        else:
            # The others keep their places.
            cast(list[Any], parent)[int(key)] = None
        return found

    def drop(self, path: str, value: Any) -> None:
        """Takes the value where it is this one: what gpuplane does by itself needs no word."""
        if self.see(path) == value:
            self.take(path)

    def left(self) -> list[str]:
        """What nobody took, a line each; of labels and the like a line a map."""
        if not self.is_used:
            return [f"{self.subject}: not carried, {_reason(self.kind, '')}"]
        return [
            f"{self.subject}: {path} {value}: not carried, {_reason(self.kind, path)}"
            for path, value in _left(self._value, "")
        ]


def _inner(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return cast(dict[str, Any], value).get(step)
    if isinstance(value, list) and step.isdecimal():
        items = cast(list[Any], value)
        return items[int(step)] if int(step) < len(items) else None
    return None


def _left(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if value is None or value == {} or value == []:
        return
    if isinstance(value, dict):
        known = cast(dict[str, Any], value)
        if path.rpartition(".")[2] in _GROUPED and not any(isinstance(inner, dict) for inner in known.values()):
            yield path, ", ".join(f"{key}={inner}" for key, inner in known.items())
            return
        for key, inner in known.items():
            yield from _left(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        items = [item for item in cast(list[Any], value) if item is not None]
        if all(not isinstance(item, (dict, list)) for item in items):
            if items:
                yield path, " ".join(map(str, items))
            return
        for index, item in enumerate(cast(list[Any], value)):
            yield from _left(item, f"{path}[{index}]")
    else:
        yield path, str(value)


def _reason(kind: str, path: str) -> str:
    """The first of the data file's that is about this: an object as a whole, a path's beginning, or its last key."""
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
