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
    """Everything that differs. Of several of our objects of a kind, the one that is most like theirs is compared."""
    theirs, ours = by_kind(kustomize), by_kind(gpuplane)
    found: list[Difference] = []
    for kind in sorted(theirs.keys() | ours.keys()):
        mine = list(ours.get(kind, []))
        for their in theirs.get(kind, []):
            left = dict(fields(their))
            if not mine:
                found.append(Difference(kind, OBJECT, "made", ABSENT))
                continue
            right = max((dict(fields(one)) for one in mine), key=lambda one: len(left.items() & one.items()))
            mine = [one for one in mine if dict(fields(one)) != right]
            for path in sorted(left.keys() | right.keys()):
                pair = left.get(path, ABSENT), right.get(path, ABSENT)
                if pair[0] != pair[1]:
                    found.append(Difference(kind, path, *pair))
        found.extend(Difference(kind, OBJECT, ABSENT, str(one["metadata"]["name"])) for one in mine)
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
