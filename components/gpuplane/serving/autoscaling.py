"""The HorizontalPodAutoscaler of a model server."""

from typing import Any

from gpuplane.args import Input
from gpuplane.serving.parts import Scaling

# Up by at most two replicas a minute once a minute has agreed, down by one in two minutes once five have: a GPU
# replica takes minutes to load, so scaling follows the trend and not the spike. The source documents' numbers.
BEHAVIOR: dict[str, Any] = {
    "scaleUp": {
        "stabilizationWindowSeconds": 60,
        "policies": [{"type": "Pods", "value": 2, "periodSeconds": 60}],
    },
    "scaleDown": {
        "stabilizationWindowSeconds": 300,
        "policies": [{"type": "Pods", "value": 1, "periodSeconds": 120}],
    },
}


def autoscaler_spec(args: Scaling, deployment: Input[str]) -> dict[str, Any]:
    """The spec of an `autoscaling/v2` HorizontalPodAutoscaler over a Deployment."""
    return {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment},
        "minReplicas": args.min_replicas,
        "maxReplicas": args.max_replicas,
        "behavior": BEHAVIOR,
        "metrics": metrics(args),
    }


def metrics(args: Scaling) -> list[dict[str, Any]]:
    """The metrics to hold: CPU and memory over requests, then averages per pod."""
    use = [("cpu", args.cpu_percent), ("memory", args.memory_percent)]
    resources = [
        {
            "type": "Resource",
            "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": percent}},
        }
        for name, percent in use
        if percent is not None
    ]
    pods = [
        {"type": "Pods", "pods": {"metric": {"name": name}, "target": {"type": "AverageValue", "averageValue": value}}}
        for name, value in args.pods_metrics.items()
    ]
    return [*resources, *pods]
