"""Who collects metrics and evaluates rules, and what its kinds are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Collector:
    """One way to collect.

    Attributes:
        api_version: Of its kinds.
        monitor_kind: What names a scrape target.
        rules_kind: What holds alert rules.
    """

    api_version: str
    monitor_kind: str
    rules_kind: str


# Sources: https://prometheus-operator.dev/docs/api-reference/api/ and
# https://cloud.google.com/stackdriver/docs/managed-prometheus/setup-managed
COLLECTORS: Mapping[str, Collector] = {
    "prometheusOperator": Collector("monitoring.coreos.com/v1", "ServiceMonitor", "PrometheusRule"),
    "googleManagedPrometheus": Collector("monitoring.googleapis.com/v1", "PodMonitoring", "Rules"),
}


def monitor_spec(labels: Mapping[str, Any], path: str, interval_seconds: int) -> dict[str, Any]:
    """The spec of a scrape target, the same for both: a server's Service and its pods have the same labels and port
    name.

    Args:
        labels: Labels of the server.
        path: Where it tells its metrics.
        interval_seconds: How often it is asked.
    """
    endpoint = {"port": "http", "path": path, "interval": f"{interval_seconds}s"}
    return {"selector": {"matchLabels": dict(labels)}, "endpoints": [endpoint]}
