"""Scaling by how much waits."""

import re
from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem


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

    def own_problems(self) -> Iterable[Problem]:
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
