"""Which changed fields replace a resource, and which a provider ignores.

Sources: provider/pkg/provider/diff.go of pulumi-kubernetes; for clouds, the table of the simulated clouds.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from gpuplane.diffing.fields import FieldChange, plain_path
from gpuplane.diffing.snapshot import ResourceState
from gpuplane.plain.paths import is_within, overlaps
from gpuplane.simulation.difference import difference

_DATA_OF = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData", "type")}


def effective_changes(before: ResourceState, after: ResourceState, changes: Iterable[FieldChange]) -> list[FieldChange]:
    """Return the changes a provider acts on: without `ignore_changes` and values that a cloud computes."""
    kept = [one for one in changes if not any(is_within(one.path, path) for path in after.ignore_changes)]
    if after.subject.is_kubernetes:
        return kept
    seen = [change.path for change in _cloud(before, after).changes]
    return [one for one in kept if any(overlaps(plain_path(one.path), path) for path in seen)]


def replacing_paths(before: ResourceState, after: ResourceState, changes: Sequence[FieldChange]) -> list[str]:
    """Return the changed paths that force a replacement."""
    subject = after.subject
    asked = [one.path for one in changes if any(is_within(one.path, path) for path in after.replace_on_changes)]
    if subject.is_kubernetes:
        group = subject.type.split(":")[1].rpartition("/")[0]
        fixed = [path for path in _kubernetes(group, subject.kind) if path not in _in_place(after)]
    else:
        fixed = _cloud(before, after).replacing
    found = [one.path for one in changes if any(is_within(plain_path(one.path), path) for path in fixed)]
    return sorted({*asked, *found})


def _in_place(made: ResourceState) -> Sequence[str]:
    return _DATA_OF.get(made.subject.kind, ()) if made.is_mutable else ()


def _cloud(before: ResourceState, after: ResourceState) -> Any:
    return difference(after.subject.type, before.subject.body, after.subject.body)


def _kubernetes(group: str, kind: str) -> list[str]:
    rows = _table("kubernetes_replacements.csv")
    return [row["property"] for row in rows if row["group"] in ("*", group) and row["kind"] in ("*", kind)]


def consequence(resource_type: str, action: str, paths: Iterable[str]) -> str:
    """Return what a change does beyond the resource itself, or an empty text.

    Args:
        resource_type: The resource's type.
        action: `created`, `updated`, `replaced` or `deleted`.
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
