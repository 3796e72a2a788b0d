"""A HorizontalPodAutoscaler as a model server's `scaling`."""

from typing import Any

from gpuplane.importing.field_reader import FieldReader
from gpuplane.plain.nested import items, mapping
from gpuplane.serving.scaling.args import Scaling
from gpuplane.serving.scaling.pace import Pace

_DEFAULTS = Scaling()
# Source: `metrics` in https://kubernetes.io/docs/reference/kubernetes-api/autoscaling/horizontal-pod-autoscaler-v2/
_DEFAULT_CPU_PERCENT = 80


def scaling(autoscaler: FieldReader) -> dict[str, Any]:
    """Read the replica counts, the target metrics and the scaling behavior."""
    found: dict[str, Any] = {}
    for key in ("minReplicas", "maxReplicas"):
        count = autoscaler.pop(f"spec.{key}")
        if count is not None:
            found[key] = count
    found.setdefault("minReplicas", 1)
    autoscaler.pop("spec.scaleTargetRef")
    for key, own in (("Up", _DEFAULTS.up), ("Down", _DEFAULTS.down)):
        pace = _pace(autoscaler, f"spec.behavior.scale{key}", own)
        if pace:
            found[key.lower()] = pace
    metrics = items(autoscaler.peek("spec.metrics"))
    for index in range(len(metrics)):
        found = {**found, **_metric(autoscaler, f"spec.metrics.{index}", found)}
    return with_percents(found, has_metrics=bool(metrics))


def _pace(autoscaler: FieldReader, path: str, own: Pace) -> dict[str, Any]:
    """Read the rules of one direction unless they are gpuplane's own; several policies of a type are left unread."""
    rules = mapping(autoscaler.peek(path))
    if rules == own.rules:
        autoscaler.pop(path)
        return {}
    policies = {str(policy.get("type")): policy for policy in map(mapping, items(rules.get("policies")))}
    periods = {policy.get("periodSeconds") for policy in policies.values()}
    if len(policies) != len(items(rules.get("policies"))) or len(periods) != 1:
        return {}
    autoscaler.pop(f"{path}.policies")
    window = autoscaler.pop(f"{path}.stabilizationWindowSeconds")
    steps = {key: policies.get(kind, {}).get("value", 0) for key, kind in (("pods", "Pods"), ("percent", "Percent"))}
    bounds = {key: value for key, value in steps.items() if value != type(own).model_fields[key].default}
    said = {**bounds, "periodSeconds": periods.pop(), "stabilizationSeconds": window}
    return {key: value for key, value in said.items() if value is not None}


def with_percents(found: dict[str, Any], *, has_metrics: bool) -> dict[str, Any]:
    """Set the targets that the autoscaler leaves out: none, or Kubernetes' default if it has no metrics at all."""
    return {"cpuPercent": 0 if has_metrics else _DEFAULT_CPU_PERCENT, "memoryPercent": 0, **found}


def _metric(autoscaler: FieldReader, path: str, found: dict[str, Any]) -> dict[str, Any]:
    metric = autoscaler.peek(path)
    match metric:
        case {
            "type": "Resource",
            "resource": {
                "name": "cpu" | "memory" as name,
                "target": {"type": "Utilization", "averageUtilization": int(percent)},
            },
        }:
            said: dict[str, Any] = {f"{name}Percent": percent}
        case {
            "type": "Pods",
            "pods": {"metric": {"name": str(name)}, "target": {"type": "AverageValue", "averageValue": average}},
        }:
            said = {"podsMetrics": {**found.get("podsMetrics", {}), name: str(average)}}
        case _:
            return {}
    autoscaler.pop(path)
    return said
