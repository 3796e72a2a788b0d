"""The arguments of a model server's scaling."""

import re
from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.paths import within
from gpuplane.kubernetes import quantity
from gpuplane.kubernetes.names import label_problems
from gpuplane.serving.scaling.pace import DownPace, UpPace
from gpuplane.serving.scaling.queue import QueueScaling


class ExternalMetric(Args):
    """A metric that is no pod's, such as a message queue's length."""

    per_replica: str
    """How much of it one replica is meant for."""

    labels: dict[str, str] = {}
    """Labels of the series. By default all of that name."""


class Scaling(Args):
    """How many replicas there are: left to a HorizontalPodAutoscaler by use or rate, or to KEDA by a queue; never to
    both.
    """

    min_replicas: int = 2
    """Fewest replicas. With `queue` it may be 0: nothing is paid while nothing waits, and the first request waits for
    a node and a load."""

    max_replicas: int = 10
    """Most replicas: with GPUs, the most this server can cost."""

    cpu_percent: int = 70
    """Average CPU use over requests to hold; 0 to ignore CPU. Ignored with `queue`."""

    memory_percent: int = 80
    """Average memory use over requests to hold; 0 to ignore memory. Ignored with `queue`."""

    pods_metrics: dict[str, str] = {}
    """Averages per pod to hold, by metric, such as `inference_requests_per_second: "100"`; a metrics adapter must
    serve them, as the rules of a stack's `observability.adapter` make it."""

    external_metrics: dict[str, ExternalMetric] = {}
    """Metrics that are no pod's, by name; a metrics adapter must serve them."""

    up: UpPace = UpPace()
    """How fast replicas come. By default two a minute, once a minute has agreed."""

    down: DownPace = DownPace()
    """How fast replicas go. By default one in two minutes, once five have agreed."""

    queue: QueueScaling | None = None
    """What KEDA scales on instead. KEDA must be in the cluster."""

    def own_problems(self) -> Iterable[Problem]:
        """Ordered counts, a metric, and one owner of the replicas."""
        least = 0 if self.queue else 1
        if not least <= self.min_replicas <= self.max_replicas or self.max_replicas < 1:
            why = "" if self.queue or self.min_replicas else ", fix: 1, or scale to zero by queue"
            yield Problem(
                "min_replicas",
                f"must be from {least} to max_replicas, got {self.min_replicas}, "
                f"max_replicas is {self.max_replicas}{why}",
            )
        yield from self._metric_problems()
        if self.queue:
            yield from within("queue", self.queue.problems())
            if self.min_replicas == 0 and self.queue.metric is not None:
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
