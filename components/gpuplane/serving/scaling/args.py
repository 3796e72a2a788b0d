"""The arguments of a model server's scaling."""

import re
from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.kubernetes import quantity
from gpuplane.kubernetes.names import label_problems
from gpuplane.serving.scaling.pace import DownPace, UpPace
from gpuplane.serving.scaling.queue import QueueScaling


class ExternalMetric(Args):
    """A metric of no Kubernetes object, such as the length of a message queue."""

    per_replica: str
    """Target value per replica."""

    labels: dict[str, str] = {}
    """Labels that select the series. Default: all series of that name."""


class Scaling(Args):
    """Number of replicas: set by a HorizontalPodAutoscaler on utilization or metrics, or by KEDA on a queue."""

    min_replicas: int = 2
    """Minimum of replicas. With `queue` it may be 0: an idle server then costs nothing, and the first request waits for
    a node and for the model to load."""

    max_replicas: int = 10
    """Maximum of replicas; it bounds the cost of a server with GPUs."""

    cpu_percent: int = 70
    """Target of the average CPU utilization; 0 to ignore CPU. Ignored with `queue`."""

    memory_percent: int = 80
    """Target of the average memory utilization; 0 to ignore memory. Ignored with `queue`."""

    pods_metrics: dict[str, str] = {}
    """Targets of averages per pod, by metric, such as `inference_requests_per_second: "100"`; a metrics adapter must
    serve them, such as one with the rules of a stack's `observability.adapter`."""

    external_metrics: dict[str, ExternalMetric] = {}
    """External metrics by name; a metrics adapter must serve them."""

    up: UpPace = UpPace()
    """How fast replicas are added. Default: two per minute, after a stabilization window of one minute."""

    down: DownPace = DownPace()
    """How fast replicas are removed. Default: one per two minutes, after a stabilization window of five minutes."""

    queue: QueueScaling | None = None
    """Scaling on a queue by KEDA, which must be in the cluster."""

    def own_problems(self) -> Iterable[Problem]:
        """Require ordered counts, a metric, and one autoscaler."""
        least = 0 if self.queue else 1
        if not least <= self.min_replicas <= self.max_replicas or self.max_replicas < 1:
            why = "" if self.queue or self.min_replicas else ", fix: 1, or scale to zero by queue"
            yield Problem(
                "min_replicas",
                f"must be from {least} to max_replicas, got {self.min_replicas}, "
                f"max_replicas is {self.max_replicas}{why}",
            )
        yield from self._metric_problems()
        if self.queue and self.min_replicas == 0 and self.queue.metric is not None:
            yield Problem(
                "queue.metric",
                f"must not be the server's own with min_replicas 0, got {self.queue.metric!r}: with no replica "
                "nobody reports it, and zero would stay zero, fix: query, over a metric of the gateway's",
            )

    def _metric_problems(self) -> Iterable[Problem]:
        for path, percent in (("cpu_percent", self.cpu_percent), ("memory_percent", self.memory_percent)):
            if percent < 0:
                yield Problem(path, f"must be at least 0, which ignores it, got {percent}")
        given = [*self.pods_metrics, *self.external_metrics]
        values = [
            *((f"pods_metrics.{name}", value) for name, value in self.pods_metrics.items()),
            *((f"external_metrics.{name}.per_replica", one.per_replica) for name, one in self.external_metrics.items()),
        ]
        for path, value in values:
            yield from quantity.problems(path, value)
        for name, one in self.external_metrics.items():
            yield from label_problems(f"external_metrics.{name}.labels", one.labels)
        for name in given:
            if not re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:.|-]*", name):
                yield Problem("pods_metrics", f"must have a metric's name, got {name!r}")
        if self.queue and given:
            yield Problem(
                "queue",
                f"must be alone, got {', '.join(sorted(given))} as well: an autoscaler of its own and KEDA's would "
                "both write the replicas",
            )
        elif not self.queue and not (self.cpu_percent or self.memory_percent or given):
            allowed = "cpu_percent, memory_percent, pods_metrics, external_metrics, queue"
            yield Problem("", f"must have a metric, got none, allowed: {allowed}")
