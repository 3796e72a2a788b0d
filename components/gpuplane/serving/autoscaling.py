"""How many replicas a model server has, and the HorizontalPodAutoscaler that they are left to."""

from collections.abc import Iterable
from typing import Any

from gpuplane.args import Args, Input
from gpuplane.errors import Problem

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


class Scaling(Args):
    """How many replicas there are: left to a HorizontalPodAutoscaler."""

    min_replicas: int = 2
    """Fewest replicas."""

    max_replicas: int = 10
    """Most replicas: with GPUs, the most this server can cost."""

    cpu_percent: int | None = 70
    """Average CPU use over requests to hold; null to ignore CPU."""

    memory_percent: int | None = 80
    """Average memory use over requests to hold; null to ignore memory."""

    pods_metrics: dict[str, str] = {}
    """Averages per pod to hold, by metric, such as `inference_requests_per_second: "100"`; a metrics adapter must
    serve them."""

    def problems(self) -> Iterable[Problem]:
        """Ordered counts and at least one metric."""
        if not 1 <= self.min_replicas <= self.max_replicas:
            yield Problem(
                "min_replicas",
                f"must be from 1 to max_replicas, got {self.min_replicas}, max_replicas is {self.max_replicas}",
            )
        if self.cpu_percent is None and self.memory_percent is None and not self.pods_metrics:
            yield Problem("", "must have a metric, got none, allowed: cpu_percent, memory_percent, pods_metrics")


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
