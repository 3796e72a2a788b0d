"""A container's resources, place, probes and variables, as a model server's arguments."""

import re
from typing import Any

from gpuplane.importing.field_reader import Taking
from gpuplane.plain.nested import items, mapping
from gpuplane.platforms import accelerator_labels
from gpuplane.serving.probes import Probes, probes
from gpuplane.serving.runtimes.catalogue import RuntimeName, runtime

GPU = "nvidia.com/gpu"
GPU_TOLERATION = {"key": GPU, "operator": "Exists", "effect": "NoSchedule"}


def compute(taking: Taking, path: str, notes: list[str]) -> dict[str, Any]:
    """CPU, memory and GPUs from the `requests` and `limits` at a path."""
    found: dict[str, Any] = {}
    for name in ("cpu", "memory"):
        request, limit = (taking.take_key(f"{path}.{side}", name) for side in ("requests", "limits"))
        if request is None and limit is None:
            notes.append(f"{taking.subject}: {path}: says no {name}, fix: {name}: {{ request, limit }} of the model")
            continue
        if limit is None:
            notes.append(f"{taking.subject}: {path}.limits: says no {name}, made {request}, as the request")
        found[name] = {"request": str(limit if request is None else request), "limit": str(limit or request)}
    counts = [taking.take_key(f"{path}.{side}", GPU) for side in ("limits", "requests")]
    count = next((int(count) for count in counts if count is not None), 0)
    return {**found, "gpu": {"count": count}} if count else found


def place(taking: Taking, path: str, model: dict[str, Any]) -> None:
    """Puts the accelerator of a node selector into the model, and tolerations that GPUs do not have anyway.

    Args:
        taking: Where they are.
        path: What leads to them.
        model: The model's arguments so far.
    """
    for label in accelerator_labels():
        if "gpu" in model and taking.see(f"{path}nodeSelector"):
            accelerator = taking.take_key(f"{path}nodeSelector", label)
            if accelerator is not None:
                model["gpu"]["accelerator"] = str(accelerator)
    tolerations = items(taking.take(f"{path}tolerations"))
    if tolerations and tolerations != ([GPU_TOLERATION] if "gpu" in model else []):
        model["tolerations"] = tolerations


def probe_budget(taking: Taking, startup: str, liveness: str, readiness: str, get: str) -> dict[str, Any]:
    """The probes' paths and the load budget. Numbers that gpuplane gives by itself are taken without a word.

    Args:
        taking: Where the probes are.
        startup: What leads to the startup probe.
        liveness: What leads to the liveness probe.
        readiness: What leads to the readiness probe.
        get: What leads from a probe to its path.
    """
    found: dict[str, Any] = {}
    for key, probe in (("livenessPath", liveness), ("readinessPath", readiness)):
        said = taking.see(f"{probe}.{get}")
        if said is not None:
            found[key] = said
    failures = taking.take(f"{startup}.failureThreshold")
    if failures is not None:
        found["loadSeconds"] = int(failures) * int(taking.take(f"{startup}.periodSeconds") or 10)
    own = probes(Probes.from_config(found), runtime(RuntimeName.REFERENCE))
    for probe, name in ((startup, "startupProbe"), (liveness, "livenessProbe"), (readiness, "readinessProbe")):
        taking.drop(f"{probe}.{get}", own[name]["httpGet"]["path"])
        for key in ("periodSeconds", "timeoutSeconds", "failureThreshold"):
            taking.drop(f"{probe}.{key}", own[name].get(key))
    return found


def variables(taking: Taking, path: str) -> tuple[dict[str, str], dict[str, str]]:
    """A container's `env`: the plain variables, and the secret ones with a config key each."""
    plain: dict[str, str] = {}
    secret: dict[str, str] = {}
    for index, entry in enumerate(items(taking.see(path))):
        name = str(entry.get("name"))
        if "value" in entry:
            plain[name] = str(entry["value"])
        elif "secretKeyRef" in mapping(entry.get("valueFrom")):
            secret[name] = config_key(name)
        else:
            continue
        taking.take(f"{path}.{index}")
    return plain, secret


def config_key(variable: str) -> str:
    """The name of the encrypted config key for a secret variable.

    Example:
        >>> config_key("WANDB_API_KEY")
        'wandb-api-key'
    """
    return re.sub(r"[^a-z0-9]+", "-", variable.lower()).strip("-")
