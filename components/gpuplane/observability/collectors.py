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


def monitor_spec(
    collector: str, labels: Mapping[str, Any], port: str, path: str, interval_seconds: int
) -> dict[str, Any]:
    """The spec of a scrape target.

    Args:
        collector: Who collects.
        labels: Labels of the server, which its Service and its pods both have.
        port: Name of the pods' port; the Service has `http` alone.
        path: Where the server tells its metrics.
        interval_seconds: How often it is asked.
    """
    is_of_pods = collector == "googleManagedPrometheus" or port == "http"
    endpoint = {"port" if is_of_pods else "targetPort": port, "path": path, "interval": f"{interval_seconds}s"}
    return {"selector": {"matchLabels": dict(labels)}, "endpoints": [endpoint]}
