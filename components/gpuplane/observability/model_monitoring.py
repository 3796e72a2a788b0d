"""What watches over one model server."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component
from gpuplane.observability.alerts import server_rules
from gpuplane.observability.args import AlertThresholds, ModelMonitoringArgs
from gpuplane.observability.collectors import COLLECTORS, monitor_spec
from gpuplane.observability.dashboards import dashboard
from gpuplane.serving.runtimes.catalogue import runtime


class ModelMonitoring(Component):
    """A scrape target, alert rules with their runbooks, and a dashboard, of one server.

    Example:
        >>> watch = ModelMonitoring("bert", {
        ...     "namespace": tenant.namespace, "server": "bert", "selector": server.labels, "has_gpu": True,
        ... })

    Attributes:
        monitor: The ServiceMonitor or PodMonitoring.
        alerts: The PrometheusRule or Rules, None without alerts.
        dashboard: The ConfigMap that Grafana's sidecar takes, None without a dashboard.
    """

    CHILDREN: ClassVar[tuple[str, ...]] = ("monitor", "alerts", "dashboard")

    def __init__(
        self, name: str, args: ModelMonitoringArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = ModelMonitoringArgs.parse(f'ModelMonitoring "{name}"', args)
        super().__init__(name, checked, opts)
        collector = COLLECTORS[checked.collector]
        self.monitor = self._object(
            "monitor",
            checked,
            collector.monitor_kind,
            monitor_spec(
                checked.collector,
                checked.selector,
                checked.metrics_port,
                checked.metrics_path,
                checked.interval_seconds,
            ),
        )
        self.alerts = (
            self._object("alerts", checked, collector.rules_kind, _rules(checked, checked.alerts))
            if checked.alerts.enabled
            else None
        )
        self.dashboard = self._dashboard(checked) if checked.dashboard else None
        self.register_outputs({})

    def _object(self, child: str, args: ModelMonitoringArgs, kind: str, spec: Any) -> k8s.apiextensions.CustomResource:
        metadata = {"name": args.server, "namespace": args.namespace, "labels": args.labels}
        api_version = COLLECTORS[args.collector].api_version
        inputs = {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}
        return self.make(k8s.apiextensions.CustomResource, child, inputs)

    def _dashboard(self, args: ModelMonitoringArgs) -> k8s.core.v1.ConfigMap:
        metrics = runtime(args.runtime).metrics
        text = pulumi.Output.from_input(args.namespace).apply(
            lambda namespace: dashboard(namespace, args.server, metrics, args.has_gpu)
        )
        # The label is the one that the sidecar of Grafana's chart looks for.
        metadata = {"namespace": args.namespace, "labels": {**args.labels, "grafana_dashboard": "1"}}
        data = {f"{args.server}.json": text}
        return self.make(k8s.core.v1.ConfigMap, "dashboard", {"metadata": metadata, "data": data})


def _rules(args: ModelMonitoringArgs, limits: AlertThresholds) -> pulumi.Output[dict[str, Any]]:
    metrics = runtime(args.runtime).metrics
    return pulumi.Output.from_input(args.namespace).apply(
        lambda namespace: server_rules(
            namespace, args.server, metrics, limits, args.load_seconds, args.has_gpu, args.runbooks
        )
    )
