"""What Prometheus is told, by the names that gpuplane's alerts, dashboards and autoscalers know."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

# A small model on a GPU answers within milliseconds, a large one within minutes.
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
        self._requests.labels("200")  # a rate needs to have seen it before it grows

    def answered(self, code: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(str(code)).inc()
        self._duration.observe(seconds)

    def waiting(self, count: int) -> None:
        """So many requests wait."""
        self._queue.set(count)

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self._registry)
