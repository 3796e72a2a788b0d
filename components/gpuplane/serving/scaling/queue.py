"""Scaling on waiting requests."""

import re
from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem


class QueueScaling(Args):
    """Replicas by the number of waiting requests, from Prometheus. GPU utilization does not show it: a GPU is as busy
    with one request as with a hundred.
    """

    server_address: str
    """URL of Prometheus, such as `http://prometheus-operated.monitoring:9090`."""

    metric: str | None = None
    """The server's own gauge of waiting requests, such as `vllm:num_requests_waiting`, summed over its replicas."""

    query: str | None = None
    """Instead, a PromQL query with a single value. To scale from zero it has to use a metric that exists without a
    replica, such as the gateway's."""

    per_replica: int = 10
    """Waiting requests per replica."""

    polling_seconds: int = 30
    """Interval of KEDA's queries."""

    cooldown_seconds: int = 300
    """With `min_replicas` 0, how long the queue is empty before the last replica is removed."""

    def own_problems(self) -> Iterable[Problem]:
        """Require one source, and positive counts."""
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
