"""Rendering a stack to files: Kubernetes objects as manifests, cloud resources beside them."""

import base64
import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from gpuplane.policy import Review
from gpuplane.program.dry_run import MASK, DryResponder
from gpuplane.program.policy_review import policy_review
from gpuplane.program.project import Project
from gpuplane.program.run import run_program
from gpuplane.recording import RecordedResource, Recording

LIST = ".gpuplane-render"
_FIRST = ("apiVersion", "kind", "type", "metadata", "name", "namespace")


class RenderError(Exception):
    """A folder that cannot be written to: the reason and the fix, in one line."""


@dataclass(frozen=True)
class Rendered:
    """The files of a render, in order, and its policy review."""

    files: list[Path]
    policy: Review


def render_stack(project: Project, stack: str, output: Path) -> Rendered:
    """Write each resource of the stack to a file, and delete files of an earlier render that this one did not write.

    Secrets are masked, and so are credentials that a cloud would return. The same program and config give the same
    files.

    Args:
        project: The Pulumi project.
        stack: Name of the stack.
        output: The folder; made where it is missing.

    Raises:
        RenderError: The folder has files that are not an earlier render's.
        ProjectError: The stack cannot be read.
        InvalidArgumentsError: Its config is wrong.
    """
    _require_own(output)
    settings = project.stack(stack)
    responder = DryResponder(settings.catalogue)
    recording = run_program(project, settings, responder)
    documents = rendered(recording, responder.manifests)
    _remove(output)
    for name, document in documents.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(document, sort_keys=False, width=120), encoding="utf-8")
    (output / LIST).write_text("".join(f"{name}\n" for name in documents), encoding="utf-8")
    return Rendered([output / name for name in documents], policy_review(settings, recording, responder.manifests))


def rendered(recording: Recording, manifests: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the documents by file name, sorted."""
    documents: dict[str, Any] = {}
    for resource in sorted(recording.resources, key=lambda one: one.urn):
        if resource.urn in manifests:
            # The status is the cluster's, not the manifest's.
            said = {key: value for key, value in manifests[resource.urn].items() if key != "status"}
            obj = masked(said, resource.secrets)
            place = str(obj["metadata"].get("namespace", "cluster-wide"))
            name = f"kubernetes/{place}/{obj['kind'].lower()}-{_plain_name(obj['metadata']['name'])}"
            documents[_free(documents, name, resource.urn)] = obj
        elif resource.custom and not resource.type.startswith("pulumi:"):
            module = resource.type.split(":")[1].partition("/")[0]
            kind = resource.type.rpartition(":")[2].lower()
            document = {"type": resource.type, "name": resource.name, **_options(resource)}
            document["inputs"] = masked(resource.inputs, resource.secrets)
            name = f"{resource.package}/{module}/{kind}-{_plain_name(resource.name)}"
            documents[_free(documents, name, resource.urn)] = document
    return {name: _ordered(document) for name, document in sorted(documents.items())}


def _free(documents: Mapping[str, Any], name: str, urn: str) -> str:
    """Return a free file name: a second object of that name, as of another API group, gets a hash of its URN."""
    if f"{name}.yaml" not in documents:
        return f"{name}.yaml"
    return f"{name}-{hashlib.sha256(urn.encode()).hexdigest()[:8]}.yaml"


def masked(value: Mapping[str, Any], secrets: Collection[str]) -> dict[str, Any]:
    """Mask everything at or below the secret paths, keeping keys.

    What is under `data` of a Secret stays base64, so that the file is still a valid object.
    """
    return {key: _masked(inner, key, secrets, is_secret=False) for key, inner in value.items()}


def _masked(value: Any, path: str, secrets: Collection[str], *, is_secret: bool) -> Any:
    is_secret = is_secret or path in secrets
    if isinstance(value, Mapping):
        known = cast(Mapping[str, Any], value)
        return {key: _masked(inner, f"{path}.{key}", secrets, is_secret=is_secret) for key, inner in known.items()}
    if isinstance(value, list):
        items = cast(list[Any], value)
        return [_masked(item, f"{path}[{at}]", secrets, is_secret=is_secret) for at, item in enumerate(items)]
    if not is_secret:
        return value
    return base64.b64encode(MASK.encode()).decode() if path.startswith("data.") else MASK


def _options(resource: RecordedResource) -> dict[str, Any]:
    """Return the options that decide what `up` does with it, if they are not the default."""
    options = {
        "protect": resource.protect,
        "retainOnDelete": resource.retain_on_delete,
        "ignoreChanges": list(resource.ignore_changes),
    }
    said = {key: value for key, value in options.items() if value}
    return {"options": said} if said else {}


def _ordered(value: Any) -> Any:
    """Sort maps by key, identifying keys first: the order within a run may vary."""
    if isinstance(value, Mapping):
        known = cast(Mapping[str, Any], value)
        keys = sorted(known, key=lambda key: (_FIRST.index(key) if key in _FIRST else len(_FIRST), key))
        return {key: _ordered(known[key]) for key in keys}
    if isinstance(value, list):
        return [_ordered(item) for item in cast(list[Any], value)]
    return value


def _plain_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)


def _require_own(output: Path) -> None:
    if output.exists() and any(output.iterdir()) and not (output / LIST).exists():
        raise RenderError(
            f"{output}: must be empty or an earlier render's, got files of others, fix: name a new folder"
        )


def _remove(output: Path) -> None:
    if not (output / LIST).exists():
        return
    for name in (output / LIST).read_text(encoding="utf-8").splitlines():
        (output / name).unlink(missing_ok=True)
    for folder in sorted((path for path in output.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
