"""Installs the definitions of custom kinds."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gpuplane.program.errors import RunError
from gpuplane.rehearsal.control_plane.api import KubernetesApi, condition
from gpuplane.rehearsal.crds.modules import modules
from gpuplane.rehearsal.crds.placeholder import placeholder
from gpuplane.rehearsal.crds.store import definition

Object = dict[str, Any]
Progress = Callable[[str], None]

DEFINITION = ("apiextensions.k8s.io/v1", "CustomResourceDefinition")
ESTABLISHED_TIMEOUT_SECONDS = 30


def install(api: KubernetesApi, manifests: Iterable[Mapping[str, Any]], progress: Progress) -> list[str]:
    """Install the definitions of all custom kinds among the program's objects.

    If a Go module is known for the group, its definition is installed; a kind or version that the module lacks stays
    unknown, and the API server rejects it. Any other group gets a placeholder that accepts every object.

    Args:
        api: The rehearsal's API server.
        manifests: The program's objects.
        progress: Called with a line for each download.

    Returns:
        A note for each kind that is not validated.

    Raises:
        RunError: A definition cannot be downloaded, or the API server does not serve it.
    """
    objects = list(manifests)
    own = {(one["spec"]["group"], one["spec"]["names"]["kind"]) for one in objects if one.get("kind") == DEFINITION[1]}
    served, notes = api.groups(), list[str]()
    made: dict[tuple[str, str], Object] = {}
    for group, kind in sorted(_custom(objects) - own):
        if group in served:
            continue
        found = definition(group, kind, progress)
        if not found and group not in modules():
            found = placeholder(group, kind, [one for one in objects if _named(one) == (group, kind)])
            notes.append(f"{kind} of {group} was not validated: no CRD is bundled for it")
        if found:
            made[group, kind] = api.create(found)
    for (group, kind), one in made.items():
        _await_served(api, one, group, kind)
    return notes


def _custom(objects: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Return group and kind of what may be custom: the group of a custom kind is a domain."""
    return {(group, kind) for group, kind in map(_named, objects) if "." in group}


def _named(obj: Mapping[str, Any]) -> tuple[str, str]:
    return str(obj.get("apiVersion")).rpartition("/")[0], str(obj.get("kind"))


def _await_served(api: KubernetesApi, made: Object, group: str, kind: str) -> None:
    name = made["metadata"]["name"]
    version = next(one["name"] for one in made["spec"]["versions"] if one["served"])
    deadline = time.monotonic() + ESTABLISHED_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        is_established = condition(api.get(*DEFINITION, name), "Established").get("status") == "True"
        if is_established and api.knows(f"{group}/{version}", kind):
            return
        time.sleep(0.05)
    raise RunError(f"the API server does not serve {name}, fix: run the rehearsal again")
