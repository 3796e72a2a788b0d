"""The cache of definitions, beside the control plane's binaries."""

import hashlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from gpuplane.rehearsal.binaries.store import cache_folder
from gpuplane.rehearsal.crds.modules import Module, fetch, modules

Object = dict[str, Any]
Progress = Callable[[str], None]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def definition(group: str, kind: str, progress: Progress) -> Object | None:
    """Return the CustomResourceDefinition of a kind; None if no module is known for its group or the module lacks it.

    Args:
        group: API group, such as `keda.sh`.
        kind: Kind, such as `ScaledObject`.
        progress: Called with a line for each download.

    Raises:
        RunError: It cannot be downloaded.
    """
    module = modules().get(group)
    if not module:
        return None
    kept = cache_folder() / f"crds-{_digest(module)}" / group / f"{kind}.json"
    if not kept.exists():
        progress(f"definitions: fetching {group} from {module.module} {module.version}, once")
        found = _read(fetch(module), group, kind)
        if not found:
            return None
        kept.parent.mkdir(parents=True, exist_ok=True)
        written = kept.with_suffix(f".{os.getpid()}")
        written.write_text(json.dumps(found), encoding="utf-8")
        written.replace(kept)
    return json.loads(kept.read_text(encoding="utf-8"))


def _read(folder: Path, group: str, kind: str) -> Object | None:
    """Parse only the file with the definition: some are megabytes."""
    names = re.compile(rf"^\s+group: {re.escape(group)}$.*^\s+kind: {re.escape(kind)}$", re.MULTILINE | re.DOTALL)
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if not names.search(text):
            continue
        for found in yaml.load_all(text, Loader=_LOADER):
            if found and found["spec"]["group"] == group and found["spec"]["names"]["kind"] == kind:
                return found
    return None


def _digest(module: Module) -> str:
    """Hash the source of the definitions."""
    return hashlib.sha256(f"{module.module} {module.sum} {module.folder}".encode()).hexdigest()[:16]
