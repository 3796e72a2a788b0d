"""Which changed fields replace a resource, and which are no change at all.

Source for Kubernetes: provider/pkg/provider/diff.go of pulumi-kubernetes. For clouds: the simulated clouds' own table.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from gpuplane.diffing.fields import FieldChange, plain_path
from gpuplane.diffing.snapshot import Made
from gpuplane.plain.paths import is_within, overlaps
from gpuplane.simulation.difference import difference

_DATA_OF = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData", "type")}


def real_changes(before: Made, after: Made, changes: Iterable[FieldChange]) -> list[FieldChange]:
    """The changes that a provider would see: no drift that is to be ignored, nothing a cloud fills in by itself."""
    kept = [one for one in changes if not any(is_within(one.path, path) for path in after.ignore_changes)]
    if after.subject.is_kubernetes:
        return kept
    seen = [change.path for change in _cloud(before, after).changes]
    return [one for one in kept if any(overlaps(plain_path(one.path), path) for path in seen)]


def replacing(before: Made, after: Made, changes: Sequence[FieldChange]) -> list[str]:
    """The paths among the changes that can only be had by replacing the resource."""
    subject = after.subject
    asked = [one.path for one in changes if any(is_within(one.path, path) for path in after.replace_on_changes)]
    if subject.is_kubernetes:
        group = subject.type.split(":")[1].rpartition("/")[0]
        fixed = [path for path in _kubernetes(group, subject.kind) if path not in _in_place(after)]
    else:
        fixed = _cloud(before, after).replacing
    found = [one.path for one in changes if any(is_within(plain_path(one.path), path) for path in fixed)]
    return sorted({*asked, *found})


def _in_place(made: Made) -> Sequence[str]:
    return _DATA_OF.get(made.subject.kind, ()) if made.is_mutable else ()


def _cloud(before: Made, after: Made) -> Any:
    return difference(after.subject.type, before.subject.body, after.subject.body)


def _kubernetes(group: str, kind: str) -> list[str]:
    rows = _table("kubernetes_replacements.csv")
    return [row["property"] for row in rows if row["group"] in ("*", group) and row["kind"] in ("*", kind)]


def consequence(resource_type: str, action: str, paths: Iterable[str]) -> str:
    """What a change does beyond itself; empty where it does nothing.

    Args:
        resource_type: The resource's type.
        action: `created`, `changed`, `replaced` or `deleted`.
        paths: The changed fields.
    """
    changed = [plain_path(path) for path in paths]
    for row in _table("consequences.csv"):
        is_it = row["type"] == resource_type and row["action"] == action
        if is_it and (not row["property"] or any(is_within(path, row["property"]) for path in changed)):
            return row["text"]
    return ""


@cache
def _table(name: str) -> Sequence[Mapping[str, str]]:
    text = files("gpuplane.diffing").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
