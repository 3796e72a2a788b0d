"""Prints what one stack of a revision makes, as JSON.

Run as a file under the revision's own library and program, so it may use only what every revision has.
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

MARK = "secret:"
_MUTABLE = {"ConfigMap": "enableConfigMapMutable", "Secret": "enableSecretMutable"}


def taken(root: Path, stack: str) -> dict[str, Any]:
    """The snapshot of a stack, with a digest in the place of every secret."""
    project = Project.at(root)
    settings = _with_stand_ins(project.stack(stack), root)
    responder = DryResponder()
    recording = run_program(project, settings, responder)
    providers = {one.urn: one.inputs for one in recording.resources if one.type.startswith("pulumi:providers:")}
    objects = [
        {
            "urn": one.urn,
            "type": one.type,
            "name": one.name,
            "body": hidden(responder.manifests.get(one.urn, one.inputs), "", one.secrets),
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
    return {"stack": stack, "project": settings.project, "config": _policy_config(settings), "objects": objects}


def hidden(value: Any, path: str, secrets: frozenset[str], is_secret: bool = False) -> Any:
    """The value with a digest for everything secret, keys kept: enough to see that it changed, and no more."""
    is_secret = is_secret or path in secrets
    if isinstance(value, Mapping):
        known = cast(Mapping[str, Any], value)
        return {
            key: hidden(inner, f"{path}.{key}" if path else key, secrets, is_secret) for key, inner in known.items()
        }
    if isinstance(value, list):
        items = cast(list[Any], value)
        return [hidden(inner, f"{path}[{at}]", secrets, is_secret) for at, inner in enumerate(items)]
    if is_secret:
        return MARK + hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()[:16]
    return value if isinstance(value, (str, int, float, bool, type(None))) else "<unknown>"


def _with_stand_ins(settings: StackSettings, root: Path) -> StackSettings:
    """The settings with a stand-in for each secret that changes when its ciphertext does."""
    written: Any = yaml.safe_load((root / f"Pulumi.{settings.stack}.yaml").read_text(encoding="utf-8")) or {}
    entries: Mapping[str, Any] = written.get("config") or {}
    stand_ins: dict[str, str] = {}
    for key in settings.placeholders:
        entry: Any = entries.get(key, entries.get(key.partition(":")[2]))
        if isinstance(entry, Mapping):
            cipher = json.dumps(cast(Mapping[str, Any], entry), sort_keys=True)
            stand_ins[key] = "stand-in-" + hashlib.sha256(cipher.encode()).hexdigest()[:16]
    return dataclasses.replace(settings, config={**settings.config, **stand_ins})


def _is_auto_named(resource: RecordedResource, is_object: bool) -> bool:
    metadata: Any = resource.inputs.get("metadata")
    return is_object and not (isinstance(metadata, Mapping) and cast(Mapping[str, Any], metadata).get("name"))


def _is_mutable(resource: RecordedResource, provider: Mapping[str, Any]) -> bool:
    """Whether its provider changes the data of such an object in place."""
    flag = _MUTABLE.get(resource.type.rpartition(":")[2], "")
    return str(provider.get(flag, "")).lower() == "true"


def _policy_config(settings: StackSettings) -> dict[str, str]:
    """The config keys that say the stack's policy; none of them can be secret."""
    keys = (f"{settings.project}:base", f"{settings.project}:overlay")
    return {key: settings.config[key] for key in keys if key in settings.config and key not in settings.secret_keys}


if __name__ == "__main__":
    json.dump(taken(Path(sys.argv[1]), sys.argv[2]), sys.stdout)
