"""Patches as Kustomize applies them: strategic merge and JSON Patch.

Source: https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch and
https://www.rfc-editor.org/rfc/rfc6902
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, cast

from gpuplane.plain.nested import mapping

# The lists that merge, by the key their items are told apart by; all others replace. From the API's
# `x-kubernetes-patch-merge-key`.
MERGE_KEYS = {
    "containers": ("name",),
    "initContainers": ("name",),
    "volumes": ("name",),
    "env": ("name",),
    "imagePullSecrets": ("name",),
    "volumeMounts": ("mountPath",),
    "topologySpreadConstraints": ("topologyKey",),
    "ports": ("containerPort", "port"),
}
_DIRECTIVE = "$patch"


def strategic_merge(target: Any, patch: Any, key: str = "") -> Any:
    """Apply a strategic merge patch to a copy of the target.

    Args:
        target: An object or a part of one.
        patch: The patch.
        key: The key of the two, which decides how a list is merged.

    Example:
        >>> strategic_merge([{"name": "a", "image": "x"}], [{"name": "a", "image": "y"}], "containers")
        [{'name': 'a', 'image': 'y'}]
    """
    if isinstance(patch, Mapping):
        return _merged_map(target, cast(Mapping[str, Any], patch))
    if isinstance(patch, list) and isinstance(target, list) and key in MERGE_KEYS:
        return _merged_list(cast(list[Any], target), cast(list[Any], patch), MERGE_KEYS[key])
    return copy.deepcopy(cast(Any, patch))


def _merged_map(target: Any, patch: Mapping[str, Any]) -> Any:
    directive = patch.get(_DIRECTIVE)
    said = {key: value for key, value in patch.items() if key != _DIRECTIVE}
    if directive == "delete":
        return None
    merged: dict[str, Any] = {**target} if isinstance(target, Mapping) and directive != "replace" else {}
    for key, value in said.items():
        if value is None:
            merged.pop(key, None)
            continue
        inner = strategic_merge(merged.get(key), value, key)
        if inner is None:
            merged.pop(key, None)
        else:
            merged[key] = inner
    return merged


def _merged_list(target: list[Any], patch: list[Any], keys: Sequence[str]) -> list[Any]:
    changes = [mapping(item) for item in patch]
    if any(change.get(_DIRECTIVE) == "replace" for change in changes):
        return [change for change in changes if _DIRECTIVE not in change]
    merged = list(target)
    for change in changes:
        key = next((key for key in keys if key in change), None)
        at = next((index for index, item in enumerate(merged) if key and item.get(key) == change[key]), None)
        if at is None:
            merged.append(copy.deepcopy(change))
        elif change.get(_DIRECTIVE) == "delete":
            del merged[at]
        else:
            merged[at] = strategic_merge(merged[at], change)
    return merged


def json_patch(target: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Apply the operations add, replace and remove of a JSON Patch to a copy of the target.

    Raises:
        ValueError: An operation is not supported, or its path does not exist.

    Example:
        >>> json_patch({"a": [1]}, [{"op": "add", "path": "/a/-", "value": 2}])
        {'a': [1, 2]}
    """
    patched: Any = copy.deepcopy({**target})
    for operation in operations:
        kind, path = operation.get("op"), str(operation.get("path"))
        if kind not in ("add", "replace", "remove"):
            raise ValueError(f"unknown operation, got {kind!r}, allowed: add, replace, remove")
        steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
        try:
            _change(patched, steps, kind, operation.get("value"))
        except (KeyError, IndexError, TypeError, ValueError):
            raise ValueError(f"no such path, got {path!r}") from None
    return patched


def _change(value: Any, steps: Sequence[str], kind: str, new: Any) -> None:
    *above, last = steps
    here = value
    for step in above:
        here = cast(Any, here[int(step)] if isinstance(here, list) else here[step])
    if isinstance(here, list):
        items = cast(list[Any], here)
        if kind == "add":
            items.insert(len(items) if last == "-" else int(last), new)
        elif kind == "replace":
            items[int(last)] = new
        else:
            del items[int(last)]
    elif kind == "remove":
        del here[last]
    else:
        here[last] = new
