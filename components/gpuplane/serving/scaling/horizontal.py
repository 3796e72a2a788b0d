"""The HorizontalPodAutoscaler of a model server."""

from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.serving.scaling.args import Scaling


def autoscaler_spec(args: Scaling, deployment: Input[str]) -> dict[str, Any]:
    """Return the spec of an `autoscaling/v2` HorizontalPodAutoscaler over a Deployment."""
    return {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment},
        "minReplicas": args.min_replicas,
        "maxReplicas": args.max_replicas,
        "behavior": {"scaleUp": args.up.rules, "scaleDown": args.down.rules},
        "metrics": metrics(args),
    }


def metrics(args: Scaling) -> list[dict[str, Any]]:
    """Return the metric targets: CPU and memory utilization, then averages per pod, then external metrics."""
    use = [("cpu", args.cpu_percent), ("memory", args.memory_percent)]
    resources = [
        {
            "type": "Resource",
            "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": percent}},
        }
        for name, percent in use
        if percent
    ]
    pods = [
        {"type": "Pods", "pods": {"metric": {"name": name}, "target": {"type": "AverageValue", "averageValue": value}}}
        for name, value in args.pods_metrics.items()
    ]
    external = [
        {
            "type": "External",
            "external": {
                "metric": {"name": name, **({"selector": {"matchLabels": one.labels}} if one.labels else {})},
                "target": {"type": "AverageValue", "averageValue": one.per_replica},
            },
        }
        for name, one in args.external_metrics.items()
    ]
    return [*resources, *pods, *external]
