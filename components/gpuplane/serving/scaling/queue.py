"""Scaling by how much waits, and KEDA's ScaledObject for it."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pulumi

from gpuplane.args import Args, Input
from gpuplane.errors import Problem

if TYPE_CHECKING:
    from gpuplane.serving.scaling.args import Scaling

KEDA_API = "keda.sh/v1alpha1"


class QueueScaling(Args):
    """Replicas by the number of requests that wait, from Prometheus: what a busy GPU does not show, since it is busy
    at one request as at a hundred.
    """

    server_address: str
    """Where Prometheus answers, such as `http://prometheus-operated.monitoring:9090`."""

    metric: str | None = None
    """The server's own gauge of waiting requests, such as `vllm:num_requests_waiting`, summed over its replicas."""

    query: str | None = None
    """Instead, a PromQL query whose single value is how much waits. To scale from zero it has to be of something that
    is there without a replica, such as the gateway."""

    per_replica: int = 10
    """How much may wait for each replica."""

    polling_seconds: int = 30
    """How often KEDA asks."""

    cooldown_seconds: int = 300
    """With `min_replicas` 0, how long nothing may wait before the last replica goes."""

    def problems(self) -> Iterable[Problem]:
        """One source, and counts that mean something."""
        if (self.metric is None) == (self.query is None):
            yield Problem("", f"must have either metric or query, got {'both' if self.metric else 'neither'}")
        if self.metric is not None and not re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", self.metric):
            yield Problem("metric", f"must be a metric's name, got {self.metric!r}, fix: query for an expression")
        if not re.match(r"https?://", self.server_address):
            yield Problem("server_address", f"must be a URL, got {self.server_address!r}")
        for path, value in (
            ("per_replica", self.per_replica),
            ("polling_seconds", self.polling_seconds),
            ("cooldown_seconds", self.cooldown_seconds),
        ):
            if value < 1:
                yield Problem(path, f"must be at least 1, got {value}")


def scaled_object_spec(
    args: "Scaling", queue: QueueScaling, deployment: Input[str], namespace: Input[str]
) -> dict[str, Any]:
    """The spec of a ScaledObject. KEDA makes and owns the HorizontalPodAutoscaler behind it.

    Source: https://keda.sh/docs/latest/reference/scaledobject-spec/

    Args:
        args: Counts and paces.
        queue: What waits.
        deployment: Name of the Deployment.
        namespace: Its namespace.
    """
    own = pulumi.Output.format(
        'sum({0}{{namespace="{1}",pod=~"{2}-[a-z0-9]+-[a-z0-9]+"}})', queue.metric, namespace, deployment
    )
    trigger = {
        "serverAddress": queue.server_address,
        "query": own if queue.query is None else queue.query,
        "threshold": str(queue.per_replica),
    }
    return {
        "scaleTargetRef": {"name": deployment},
        "minReplicaCount": args.min_replicas,
        "maxReplicaCount": args.max_replicas,
        "pollingInterval": queue.polling_seconds,
        "cooldownPeriod": queue.cooldown_seconds,
        "advanced": {
            "horizontalPodAutoscalerConfig": {"behavior": {"scaleUp": args.up.rules, "scaleDown": args.down.rules}}
        },
        "triggers": [{"type": "prometheus", "metricType": "AverageValue", "metadata": trigger}],
    }
