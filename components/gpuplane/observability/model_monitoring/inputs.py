"""Inputs of a model server's scrape target, alert rules and dashboard."""

from typing import Any

import pulumi

from gpuplane.observability.collectors import monitor_inputs, monitor_spec, rules_inputs
from gpuplane.observability.model_monitoring.alerts import server_rules
from gpuplane.observability.model_monitoring.args import ModelMonitoringArgs
from gpuplane.observability.model_monitoring.dashboard import dashboard
from gpuplane.serving.runtimes.catalogue import runtime


def scrape_target_inputs(args: ModelMonitoringArgs) -> dict[str, Any]:
    """Return the scrape target of the server's pods."""
    spec = monitor_spec(args.collector, args.selector, args.metrics_port, args.metrics_path, args.interval_seconds)
    return monitor_inputs(args.collector, _metadata(args), spec)


def alerts_inputs(args: ModelMonitoringArgs) -> dict[str, Any]:
    """Return the object that holds the server's alert rules."""
    metrics = runtime(args.runtime).metrics
    spec = pulumi.Output.from_input(args.namespace).apply(
        lambda namespace: server_rules(
            namespace, args.server, metrics, args.alerts, args.load_seconds, args.has_gpu, args.runbooks
        )
    )
    return rules_inputs(args.collector, _metadata(args), spec)


def dashboard_inputs(args: ModelMonitoringArgs) -> dict[str, Any]:
    """Return the ConfigMap of the dashboard, with the label that the sidecar of Grafana's chart selects by."""
    metrics = runtime(args.runtime).metrics
    text = pulumi.Output.from_input(args.namespace).apply(
        lambda namespace: dashboard(namespace, args.server, metrics, args.has_gpu)
    )
    metadata = {"namespace": args.namespace, "labels": {**args.labels, "grafana_dashboard": "1"}}
    return {"metadata": metadata, "data": {f"{args.server}.json": text}}


def _metadata(args: ModelMonitoringArgs) -> dict[str, Any]:
    return {"name": args.server, "namespace": args.namespace, "labels": args.labels}
