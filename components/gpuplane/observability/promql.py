"""PromQL over the metrics of a serving runtime."""

from gpuplane.serving.runtimes.catalogue import RuntimeMetrics

WINDOW = "5m"


def latency_statistic(metrics: RuntimeMetrics) -> str:
    """Return `p95`, or `mean` for a runtime without a histogram."""
    return "p95" if metrics.latency_histogram else "mean"


def request_rate(metrics: RuntimeMetrics, pods: str) -> str:
    """Return the query of requests per second, summed over the pods that a label selector matches."""
    return f"sum(rate({metrics.requests}{{{pods}}}[{WINDOW}]))"


def latency(metrics: RuntimeMetrics, pods: str) -> str:
    """Return the query of request durations in seconds: the 95th percentile, or the mean without a histogram."""
    if metrics.latency_histogram:
        buckets = f"sum by (le) (rate({metrics.latency_histogram}_bucket{{{pods}}}[{WINDOW}]))"
        seconds = f"histogram_quantile(0.95, {buckets})"
    else:
        seconds = f"sum(rate({metrics.latency_sum}{{{pods}}}[{WINDOW}])) / {request_rate(metrics, pods)}"
    return seconds if metrics.seconds_per_unit == "1" else f"({seconds}) * {metrics.seconds_per_unit}"


def waiting(metrics: RuntimeMetrics, pods: str) -> str | None:
    """Return the query of waiting requests, None for a runtime without that metric."""
    return f"sum({metrics.queue}{{{pods}}})" if metrics.queue else None


def pods_of(namespace: str, server: str) -> str:
    """Return the label selector of a server's pods, excluding those of variants named after it.

    Example:
        >>> pods_of("ml", "bert")
        'namespace="ml",pod=~"bert-[a-z0-9]+-[a-z0-9]+"'
    """
    return f'namespace="{namespace}",pod=~"{server}-[a-z0-9]+-[a-z0-9]+"'
