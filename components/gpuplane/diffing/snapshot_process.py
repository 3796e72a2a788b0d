"""A script that prints the resources of a stack as JSON.

It runs with the library and program of another revision, so it may only import what every revision has.
"""

import dataclasses
import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from gpuplane.program.dry_run import DryResponder
from gpuplane.program.project import Project, StackSettings
from gpuplane.program.run import run_program
from gpuplane.recording import RecordedResource

MASK = "secret:"
_MUTABLE = {"ConfigMap": "enableConfigMapMutable", "Secret": "enableSecretMutable"}


def take_snapshot(root: Path, stack: str) -> dict[str, Any]:
    """Return the snapshot of a stack, with a digest in place of each secret."""
    project = Project.at(root)
    settings = _with_placeholders(project.stack(stack), root)
    responder = DryResponder(settings.catalogue)
    recording = run_program(project, settings, responder)
    providers = {one.urn: one.inputs for one in recording.resources if one.type.startswith("pulumi:providers:")}
    resources = [
        {
            "urn": one.urn,
            "type": one.type,
            "name": one.name,
            "body": mask_secrets(responder.manifests.get(one.urn, one.inputs), "", one.secrets),
            "secrets": sorted(one.secrets),
            "id": str(recording.ids.get(one.urn, "")),
            "isAutoNamed": _is_auto_named(one, one.urn in responder.manifests),
            "hasProvider": bool(one.provider),
            "isMutable": _is_mutable(one, providers.get(one.provider, {})),
            "ignoreChanges": list(one.ignore_changes),
            "replaceOnChanges": list(one.replace_on_changes),
            "deleteBeforeReplace": one.delete_before_replace,
            "aliases": list(one.aliases),
        }
        for one in sorted(recording.resources, key=lambda one: one.urn)
        if one.custom and not one.type.startswith("pulumi:")
    ]
    return {"stack": stack, "project": settings.project, "config": _policy_config(settings), "resources": resources}


def mask_secrets(value: Any, path: str, secrets: frozenset[str], is_secret: bool = False) -> Any:
    """Replace each secret in a value by a digest, which shows that it changed and nothing else."""
    is_secret = is_secret or path in secrets
    if isinstance(value, Mapping):
        known = cast(Mapping[str, Any], value)
        return {
            key: mask_secrets(inner, f"{path}.{key}" if path else key, secrets, is_secret)
            for key, inner in known.items()
        }
    if isinstance(value, list):
        items = cast(list[Any], value)
        return [mask_secrets(inner, f"{path}[{at}]", secrets, is_secret) for at, inner in enumerate(items)]
    if is_secret:
        return MASK + hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()[:16]
    return value if isinstance(value, (str, int, float, bool, type(None))) else "<unknown>"


def _with_placeholders(settings: StackSettings, root: Path) -> StackSettings:
    """Return the settings with a placeholder for each secret, derived from its ciphertext."""
    written: Any = yaml.safe_load((root / f"Pulumi.{settings.stack}.yaml").read_text(encoding="utf-8")) or {}
    entries: Mapping[str, Any] = written.get("config") or {}
    placeholders: dict[str, str] = {}
    for key in settings.placeholders:
        entry: Any = entries.get(key, entries.get(key.partition(":")[2]))
        if isinstance(entry, Mapping):
            cipher = json.dumps(cast(Mapping[str, Any], entry), sort_keys=True)
            placeholders[key] = "placeholder-" + hashlib.sha256(cipher.encode()).hexdigest()[:16]
    return dataclasses.replace(settings, config={**settings.config, **placeholders})


def _is_auto_named(resource: RecordedResource, is_object: bool) -> bool:
    metadata: Any = resource.inputs.get("metadata")
    return is_object and not (isinstance(metadata, Mapping) and cast(Mapping[str, Any], metadata).get("name"))


def _is_mutable(resource: RecordedResource, provider: Mapping[str, Any]) -> bool:
    """Return whether its provider updates the data of such an object in place."""
    flag = _MUTABLE.get(resource.type.rpartition(":")[2], "")
    return str(provider.get(flag, "")).lower() == "true"


def _policy_config(settings: StackSettings) -> dict[str, str]:
    """Return the config values that hold the stack's policy settings, which are never secret."""
    keys = (f"{settings.project}:base", f"{settings.project}:overlay")
    return {key: settings.config[key] for key in keys if key in settings.config and key not in settings.secret_keys}


if __name__ == "__main__":
    json.dump(take_snapshot(Path(sys.argv[1]), sys.argv[2]), sys.stdout)
