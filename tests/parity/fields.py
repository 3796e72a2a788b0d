"""Kubernetes objects as flat fields, so that two sets of them can be compared one field at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ABSENT = "-"
OBJECT = "(object)"


@dataclass(frozen=True, order=True)
class Difference:
    """One field that is not the same: `-` where one side does not have it."""

    kind: str
    path: str
    kustomize: str
    gpuplane: str


def differences(kustomize: list[dict[str, Any]], gpuplane: list[dict[str, Any]]) -> list[Difference]:
    """Everything that differs between two sets of objects, which have at most one of each kind that both have."""
    theirs, ours = by_kind(kustomize), by_kind(gpuplane)
    found: list[Difference] = []
    for kind in sorted(theirs.keys() | ours.keys()):
        if kind not in ours:
            found.append(Difference(kind, OBJECT, "made", ABSENT))
        elif kind not in theirs:
            found.append(Difference(kind, OBJECT, ABSENT, "made"))
        else:
            (their,), (our,) = theirs[kind], ours[kind]
            left, right = dict(fields(their)), dict(fields(our))
            for path in sorted(left.keys() | right.keys()):
                pair = left.get(path, ABSENT), right.get(path, ABSENT)
                if pair[0] != pair[1]:
                    found.append(Difference(kind, path, *pair))
    return found


def by_kind(objects: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    kinds: dict[str, list[dict[str, Any]]] = {}
    for obj in objects:
        kinds.setdefault(obj["kind"], []).append(obj)
    return kinds


def fields(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each leaf by its path. Items of a list go by their `name` where all have one and there are several."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from fields(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from fields(item, f"{path}[{_label(value, index, path)}]")
    else:
        yield path, str(value)


def _label(items: list[Any], index: int, path: str) -> str:
    if path.endswith(("volumes", "volumeMounts", "env")):
        return str(items[index]["name"])
    return str(index)
