"""Metrics for autoscalers, as rules of prometheus-adapter.

Source: https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/config.md
"""

from collections.abc import Iterable, Iterator
from typing import Any

from gpuplane.observability.promql import WINDOW
from gpuplane.serving.runtimes.catalogue import RuntimeMetrics

REQUEST_RATE = "inference_requests_per_second"
LATENCY = "inference_latency_seconds"
QUEUE = "inference_queue_length"

METRIC_NAMES = (REQUEST_RATE, LATENCY, QUEUE)
"""The metrics that `scaling.pods_metrics` may name, whatever the runtime."""

_SERIES = "<<.Series>>{<<.LabelMatchers>>}"


def adapter_rules(used: Iterable[RuntimeMetrics]) -> dict[str, Any]:
    """Return the adapter's config: per pod, requests per second, their duration in seconds, and waiting requests."""
    return {"rules": [rule for metrics in used for rule in _rules(metrics)]}


def _rules(metrics: RuntimeMetrics) -> Iterator[dict[str, Any]]:
    yield _rule(metrics.requests, REQUEST_RATE, f"sum(rate({_SERIES}[{WINDOW}])) by (<<.GroupBy>>)")
    scale = "" if metrics.seconds_per_unit == "1" else f" * {metrics.seconds_per_unit}"
    if metrics.latency_histogram:
        buckets = f"sum(rate({_SERIES}[{WINDOW}])) by (<<.GroupBy>>, le)"
        query = f"histogram_quantile(0.95, {buckets}){scale}"
        yield _rule(f"{metrics.latency_histogram}_bucket", LATENCY, query)
    else:
        count = f"{metrics.requests}{{<<.LabelMatchers>>}}"
        means = " / ".join(f"sum(rate({series}[{WINDOW}])) by (<<.GroupBy>>)" for series in (_SERIES, count))
        yield _rule(metrics.latency_sum, LATENCY, f"{means}{scale}")
    if metrics.queue:
        yield _rule(metrics.queue, QUEUE, f"sum({_SERIES}) by (<<.GroupBy>>)")


def _rule(series: str, name: str, query: str) -> dict[str, Any]:
    return {
        "seriesQuery": f'{series}{{namespace!="",pod!=""}}',
        "resources": {"overrides": {"namespace": {"resource": "namespace"}, "pod": {"resource": "pod"}}},
        "name": {"matches": f"^{series}$", "as": name},
        "metricsQuery": query,
    }
