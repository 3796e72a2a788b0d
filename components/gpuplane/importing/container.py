"""A container's resources, scheduling, probes and variables as a model server's arguments."""

import re
from typing import Any

from gpuplane.hardware import GPU_RESOURCE
from gpuplane.importing.field_reader import FieldReader
from gpuplane.nodepools.facts import GPU_TOLERATION
from gpuplane.plain.nested import items, mapping
from gpuplane.platforms import accelerator_labels
from gpuplane.serving.probes import Probes, probes
from gpuplane.serving.runtimes.catalogue import RuntimeName, runtime


def compute(reader: FieldReader, path: str, notes: list[str]) -> dict[str, Any]:
    """Read CPU, memory and GPUs from the `requests` and `limits` at a path."""
    found: dict[str, Any] = {}
    for name in ("cpu", "memory"):
        request, limit = (reader.pop_key(f"{path}.{side}", name) for side in ("requests", "limits"))
        if request is None and limit is None:
            notes.append(f"{reader.subject}: {path}: no {name}, fix: {name}: {{ request, limit }} of the model")
            continue
        if limit is None:
            notes.append(f"{reader.subject}: {path}.limits: no {name}, set to the request, {request}")
        found[name] = {"request": str(limit if request is None else request), "limit": str(limit or request)}
    counts = [reader.pop_key(f"{path}.{side}", GPU_RESOURCE) for side in ("limits", "requests")]
    count = next((int(count) for count in counts if count is not None), 0)
    return {**found, "gpu": {"count": count}} if count else found


def place(reader: FieldReader, path: str, model: dict[str, Any]) -> None:
    """Set the model's accelerator from a node selector, and its tolerations unless GPUs bring them.

    Args:
        reader: The object they are in.
        path: The path in front of them, such as `spec.`.
        model: The model's arguments so far.
    """
    for label in accelerator_labels():
        if "gpu" in model and reader.peek(f"{path}nodeSelector"):
            accelerator = reader.pop_key(f"{path}nodeSelector", label)
            if accelerator is not None:
                model["gpu"]["accelerator"] = str(accelerator)
    tolerations = items(reader.pop(f"{path}tolerations"))
    if tolerations and tolerations != ([GPU_TOLERATION] if "gpu" in model else []):
        model["tolerations"] = tolerations


def probe_budget(reader: FieldReader, startup: str, liveness: str, readiness: str, get: str) -> dict[str, Any]:
    """Read the probes' paths and the load budget; values that gpuplane sets anyway get no note.

    Args:
        reader: The object they are in.
        startup: Path of the startup probe.
        liveness: Path of the liveness probe.
        readiness: Path of the readiness probe.
        get: Path of the HTTP path in a probe.
    """
    found: dict[str, Any] = {}
    for key, probe in (("livenessPath", liveness), ("readinessPath", readiness)):
        said = reader.peek(f"{probe}.{get}")
        if said is not None:
            found[key] = said
    failures = reader.pop(f"{startup}.failureThreshold")
    if failures is not None:
        found["loadSeconds"] = int(failures) * int(reader.pop(f"{startup}.periodSeconds") or 10)
    own = probes(Probes.from_config(found), runtime(RuntimeName.REFERENCE))
    for probe, name in ((startup, "startupProbe"), (liveness, "livenessProbe"), (readiness, "readinessProbe")):
        reader.discard(f"{probe}.{get}", own[name]["httpGet"]["path"])
        for key in ("periodSeconds", "timeoutSeconds", "failureThreshold"):
            reader.discard(f"{probe}.{key}", own[name].get(key))
    return found


def variables(reader: FieldReader, path: str) -> tuple[dict[str, str], dict[str, str]]:
    """Read a container's `env`: plain variables, and secret ones with a config key each."""
    plain: dict[str, str] = {}
    secret: dict[str, str] = {}
    for index, entry in enumerate(items(reader.peek(path))):
        name = str(entry.get("name"))
        if "value" in entry:
            plain[name] = str(entry["value"])
        elif "secretKeyRef" in mapping(entry.get("valueFrom")):
            secret[name] = config_key(name)
        else:
            continue
        reader.pop(f"{path}.{index}")
    return plain, secret


def config_key(variable: str) -> str:
    """Return the name of the encrypted config key for a secret variable.

    Example:
        >>> config_key("WANDB_API_KEY")
        'wandb-api-key'
    """
    return re.sub(r"[^a-z0-9]+", "-", variable.lower()).strip("-")
