"""The kubeconfig context that a stack names."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from gpuplane.arguments.errors import nearest
from gpuplane.clusters.kubeconfig.args import KubeconfigClusterArgs
from gpuplane.doctor.check import Check, missing, ok
from gpuplane.doctor.host import Host


def context(host: Host, cluster: KubeconfigClusterArgs | None) -> Iterator[Check]:
    """Check that the context is in one of the files that kubectl reads."""
    if not cluster:
        return
    name = f"context {cluster.context}"
    if cluster.kubeconfig is not None and not Path(str(cluster.kubeconfig)).is_file():
        yield ok(name, "in the kubeconfig of the config")
        return
    said = str(cluster.kubeconfig) if cluster.kubeconfig is not None else host.environment.get("KUBECONFIG", "")
    files = [Path(part) for part in said.split(os.pathsep) if part] or [host.home / ".kube" / "config"]
    known = {found: file for file in files for found in _contexts(file)}
    if cluster.context in known:
        yield ok(name, str(known[cluster.context]))
        return
    close = nearest(cluster.context, known, 1)
    hint = f"nearest: {close[0]}" if close else f"contexts: {', '.join(known) or 'none'}"
    kind = cluster.context.removeprefix("kind-")
    made = f"kind create cluster --name {kind}" if kind != cluster.context else "kubectl config get-contexts"
    yield missing(name, f"not in {', '.join(map(str, files))}, {hint}", made)


def _contexts(file: Path) -> list[str]:
    try:
        said: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return []
    entries = cast(dict[str, Any], said).get("contexts") if isinstance(said, dict) else None
    return [str(entry.get("name")) for entry in cast(list[dict[str, Any]], entries or [])]
