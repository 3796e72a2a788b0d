"""The metrics that autoscalers read by name, as rules of prometheus-adapter.

Source: https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/config.md
"""

from collections.abc import Iterable, Iterator
from typing import Any

from gpuplane.observability.runtimes import WINDOW, Runtime

REQUEST_RATE = "inference_requests_per_second"
LATENCY = "inference_latency_seconds"
QUEUE = "inference_queue_length"

METRIC_NAMES = (REQUEST_RATE, LATENCY, QUEUE)
"""What `scaling.pods_metrics` may name, whichever runtime serves."""

_SERIES = "<<.Series>>{<<.LabelMatchers>>}"


def adapter_rules(used: Iterable[Runtime]) -> dict[str, Any]:
    """The adapter's config for the runtimes in use: requests a second, their time in seconds, and those that wait,
    each of a pod.
    """
    return {"rules": [rule for runtime in used for rule in _rules(runtime)]}


def _rules(runtime: Runtime) -> Iterator[dict[str, Any]]:
    yield _rule(runtime.requests, REQUEST_RATE, f"sum(rate({_SERIES}[{WINDOW}])) by (<<.GroupBy>>)")
    scale = "" if runtime.seconds_per_unit == "1" else f" * {runtime.seconds_per_unit}"
    if runtime.latency_histogram:
        buckets = f"sum(rate({_SERIES}[{WINDOW}])) by (<<.GroupBy>>, le)"
        query = f"histogram_quantile(0.95, {buckets}){scale}"
        yield _rule(f"{runtime.latency_histogram}_bucket", LATENCY, query)
    else:
        count = f"{runtime.requests}{{<<.LabelMatchers>>}}"
        means = " / ".join(f"sum(rate({series}[{WINDOW}])) by (<<.GroupBy>>)" for series in (_SERIES, count))
        yield _rule(runtime.latency_sum, LATENCY, f"{means}{scale}")
    if runtime.queue:
        yield _rule(runtime.queue, QUEUE, f"sum({_SERIES}) by (<<.GroupBy>>)")


def _rule(series: str, name: str, query: str) -> dict[str, Any]:
    return {
        "seriesQuery": f'{series}{{namespace!="",pod!=""}}',
        "resources": {"overrides": {"namespace": {"resource": "namespace"}, "pod": {"resource": "pod"}}},
        "name": {"matches": f"^{series}$", "as": name},
        "metricsQuery": query,
    }
