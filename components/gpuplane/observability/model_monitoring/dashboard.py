"""Grafana dashboard of one model server, as JSON.

Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gpuplane.observability.promql import latency, latency_statistic, pods_of, request_rate, waiting
from gpuplane.serving.runtimes.catalogue import RuntimeMetrics

_WIDTH, _HEIGHT, _COLUMNS = 12, 8, 2


@dataclass(frozen=True)
class Graph:
    """One graph: its title, Grafana's unit, and a PromQL expression by legend."""

    title: str
    unit: str
    lines: dict[str, str]


def graphs(namespace: str, server: str, metrics: RuntimeMetrics, has_gpu: bool) -> Iterator[Graph]:
    """Yield the graphs of a server, requests first."""
    pods = pods_of(namespace, server)
    deployment = f'namespace="{namespace}",deployment="{server}"'
    yield Graph("Requests", "reqps", {"all": request_rate(metrics, pods)})
    yield Graph("Request duration", "s", {latency_statistic(metrics): latency(metrics, pods)})
    queue = waiting(metrics, pods)
    if queue:
        yield Graph("Waiting requests", "short", {"all": queue})
    yield Graph(
        "Replicas",
        "short",
        {
            "wanted": f"kube_deployment_spec_replicas{{{deployment}}}",
            "ready": f"kube_deployment_status_replicas_available{{{deployment}}}",
        },
    )
    yield Graph(
        "Restarts per hour",
        "short",
        {"{{pod}}": f"increase(kube_pod_container_status_restarts_total{{{pods}}}[1h])"},
    )
    yield Graph("CPU", "cores", {"{{pod}}": f"sum by (pod) (rate(container_cpu_usage_seconds_total{{{pods}}}[5m]))"})
    yield Graph("Memory", "bytes", {"{{pod}}": f"sum by (pod) (container_memory_working_set_bytes{{{pods}}})"})
    if has_gpu:
        held = pods.replace("namespace=", "exported_namespace=").replace("pod=", "exported_pod=")
        used, free = (f"DCGM_FI_DEV_FB_{word}{{{held}}}" for word in ("USED", "FREE"))
        yield Graph("GPU utilization", "percent", {"{{exported_pod}} {{gpu}}": f"DCGM_FI_DEV_GPU_UTIL{{{held}}}"})
        yield Graph("GPU memory", "percentunit", {"{{exported_pod}} {{gpu}}": f"{used} / ({used} + {free})"})


def dashboard(namespace: str, server: str, metrics: RuntimeMetrics, has_gpu: bool) -> str:
    """Return the JSON model of the dashboard.

    Args:
        namespace: The server's namespace.
        server: Its name.
        metrics: Names of its runtime's metrics.
        has_gpu: Whether its replicas use GPUs.
    """
    shown = list(graphs(namespace, server, metrics, has_gpu))
    model: dict[str, Any] = {
        "uid": hashlib.sha256(f"{namespace}/{server}".encode()).hexdigest()[:16],
        "title": f"{namespace} / {server}",
        "tags": ["gpuplane"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]},
        "panels": [_panel(index, graph) for index, graph in enumerate(shown)],
    }
    return json.dumps(model, indent=2, sort_keys=True)


def _panel(index: int, graph: Graph) -> dict[str, Any]:
    place = {"x": index % _COLUMNS * _WIDTH, "y": index // _COLUMNS * _HEIGHT, "w": _WIDTH, "h": _HEIGHT}
    return {
        "id": index + 1,
        "type": "timeseries",
        "title": graph.title,
        "gridPos": place,
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "fieldConfig": {"defaults": {"unit": graph.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + number), "expr": expression, "legendFormat": legend}
            for number, (legend, expression) in enumerate(graph.lines.items())
        ],
    }
