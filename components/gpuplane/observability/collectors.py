"""Metric collectors, and the kinds of their scrape targets and alert rules.

Sources: https://prometheus-operator.dev/docs/api-reference/api/ and
https://cloud.google.com/stackdriver/docs/managed-prometheus/setup-managed
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

GOOGLE = "googleManagedPrometheus"


@dataclass(frozen=True)
class Collector:
    """A collector's Kubernetes API.

    Attributes:
        api_version: API version of its kinds.
        monitor_kind: Kind of a scrape target.
        rules_kind: Kind of a group of alert rules.
    """

    api_version: str
    monitor_kind: str
    rules_kind: str


COLLECTORS: Mapping[str, Collector] = {
    "prometheusOperator": Collector("monitoring.coreos.com/v1", "ServiceMonitor", "PrometheusRule"),
    GOOGLE: Collector("monitoring.googleapis.com/v1", "PodMonitoring", "Rules"),
}


def monitor_inputs(collector: str, metadata: Mapping[str, Any], spec: Any) -> dict[str, Any]:
    """Return the object of a scrape target."""
    chosen = COLLECTORS[collector]
    return _object(chosen.api_version, chosen.monitor_kind, metadata, spec)


def rules_inputs(collector: str, metadata: Mapping[str, Any], spec: Any) -> dict[str, Any]:
    """Return the object that holds alert rules."""
    chosen = COLLECTORS[collector]
    return _object(chosen.api_version, chosen.rules_kind, metadata, spec)


def monitor_spec(
    collector: str, labels: Mapping[str, Any], port: str, path: str, interval_seconds: int
) -> dict[str, Any]:
    """Return the spec of a scrape target.

    Args:
        collector: The collector.
        labels: Labels of the server, which its Service and its pods share.
        port: Name of the pods' port. The Service has only `http`.
        path: HTTP path of the metrics.
        interval_seconds: Scrape interval.
    """
    is_named = collector == GOOGLE or port == "http"
    endpoint = {"port" if is_named else "targetPort": port, "path": path, "interval": f"{interval_seconds}s"}
    return {"selector": {"matchLabels": dict(labels)}, "endpoints": [endpoint]}


def _object(api_version: str, kind: str, metadata: Mapping[str, Any], spec: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}
