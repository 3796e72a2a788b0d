"""Import of the values of a model server's Helm chart."""

from pathlib import Path
from typing import Any

import yaml

from gpuplane.importing.container import compute, place, probe_budget
from gpuplane.importing.errors import ImportingError
from gpuplane.importing.field_reader import FieldReader
from gpuplane.importing.imported import Imported, imported, in_common
from gpuplane.importing.scaling import with_percents
from gpuplane.plain.merge_patch import merge
from gpuplane.plain.nested import mapping

TENANT = "serving"
_MODEL = {"name": "MODEL_NAME", "version": "MODEL_VERSION", "path": "MODEL_PATH"}


def import_helm_values(path: Path) -> Imported:
    """Import a chart's values.yaml as the base, and each values-<environment>.yaml beside it as an overlay.

    Helm merges values as gpuplane merges its config: maps merge, null deletes, lists replace.

    Args:
        path: The values.yaml, or the chart's folder.

    Raises:
        ImportingError: There is none, or a file is not valid YAML.
    """
    file = path / "values.yaml" if path.is_dir() else path
    if not file.is_file():
        raise ImportingError(f"{file}: no such file, fix: name a chart's values.yaml or its folder")
    values = _read(file)
    name = file.parent.name if (file.parent / "Chart.yaml").exists() or path.is_dir() else "model-server"
    beside = sorted(file.parent.glob(f"{file.stem}-*{file.suffix}"))
    stacks = {one.stem.removeprefix(f"{file.stem}-"): merge(values, _read(one)) for one in beside} or {"prod": values}
    base, _ = convert(values, name)
    configs: dict[str, dict[str, Any]] = {}
    notes: dict[str, list[str]] = {}
    for stack, merged in stacks.items():
        configs[stack], notes[stack] = convert(merged, name)
    return imported(base, configs, in_common(notes))


def convert(values: dict[str, Any], name: str) -> tuple[dict[str, Any], list[str]]:
    """Return the config of the chart's model server, and notes on the values that it has no argument for."""
    reader = FieldReader("values", "", values)
    notes: list[str] = []
    model: dict[str, Any] = {"tenant": TENANT}
    repository, tag = reader.pop("image.repository"), reader.pop("image.tag")
    if repository:
        model["image"] = f"{repository}:{tag}" if tag else str(repository)
    reader.discard("image.pullPolicy", "IfNotPresent")
    model |= compute(reader, "resources", notes)
    place(reader, "", model)
    env = {variable: reader.pop(f"model.{key}") for key, variable in _MODEL.items()}
    said = {key: str(value) for key, value in {**env, **mapping(reader.pop("env"))}.items() if value is not None}
    if said:
        model["env"] = said
    budget = probe_budget(reader, "probes.startup", "probes.liveness", "probes.readiness", "path")
    if budget:
        model["probes"] = budget
    model["scaling"] = _scaling(reader)
    said = _route(reader, name, notes)
    if said:
        model["route"] = said
    return {"models": {name: model}}, [*notes, *reader.unread()]


def _route(reader: FieldReader, name: str, notes: list[str]) -> dict[str, Any]:
    enabled, host = reader.pop("ingress.enabled"), reader.pop("ingress.host")
    if not enabled or not host:
        return {}
    secret = f"{name}-tls"
    if reader.pop("ingress.tls"):
        notes.append(f"values: ingress.tls: no Secret named, chose {secret}, fix: route.ingress.tlsSecret or issuer")
    return {"exposure": "ingress", "hosts": [str(host)], "ingress": {"tlsSecret": secret}}


def _scaling(reader: FieldReader) -> dict[str, Any]:
    if not reader.pop("autoscaling.enabled"):
        reader.pop("autoscaling")
        count = reader.pop("replicaCount") or 1
        return {"minReplicas": count, "maxReplicas": count}
    found = {key: reader.pop(f"autoscaling.{key}") for key in ("minReplicas", "maxReplicas")}
    for name, key in (("cpu", "targetCPUUtilization"), ("memory", "targetMemoryUtilization")):
        said = reader.pop(f"autoscaling.{key}Percentage") or reader.pop(f"autoscaling.{key}")
        if said is not None:
            found[f"{name}Percent"] = said
    said = {key: value for key, value in found.items() if value is not None}
    return with_percents(said, has_metrics=any(key.endswith("Percent") for key in said))


def _read(path: Path) -> dict[str, Any]:
    try:
        return mapping(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise ImportingError(f"{path}: not valid YAML, {' '.join(str(error).split())}") from None
