"""Prometheus metrics, by the names that gpuplane's alerts, dashboards and autoscalers use."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

# Small models on a GPU answer within milliseconds, large ones within minutes.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """The metrics of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "inference_requests", "Requests for predictions, by status code", ["code"], registry=self._registry
        )
        self._duration = Histogram(
            "inference_request_duration_seconds",
            "Time from a request's arrival to its answer",
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._queue = Gauge("inference_queue_length", "Requests that wait for the model", registry=self._registry)
        self._requests.labels("200")  # a rate needs the series before its first increase

    def answered(self, code: int, seconds: float) -> None:
        """Record an answered request."""
        self._requests.labels(str(code)).inc()
        self._duration.observe(seconds)

    def waiting(self, count: int) -> None:
        """Set the number of waiting requests."""
        self._queue.set(count)

    def text(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        return generate_latest(self._registry)
