"""Monitoring of one model server."""

from typing import ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.observability.model_monitoring.args import ModelMonitoringArgs
from gpuplane.observability.model_monitoring.args_dict import ModelMonitoringArgsDict
from gpuplane.observability.model_monitoring.inputs import alerts_inputs, dashboard_inputs, scrape_target_inputs


class ModelMonitoring(Component):
    """A scrape target, alert rules with runbooks, and a dashboard, of one server.

    Example: `ModelMonitoring("bert", {"namespace": tenant.namespace, "server": "bert", "selector": server.labels})`.

    Attributes:
        monitor: The ServiceMonitor or PodMonitoring.
        alerts: The PrometheusRule or Rules, None without alerts.
        dashboard: The ConfigMap for Grafana's sidecar, None without a dashboard.
    """

    SECTION: ClassVar[Section | None] = Section("observability")
    CHILDREN: ClassVar[tuple[str, ...]] = ("monitor", "alerts", "dashboard")

    def __init__(
        self, name: str, args: ModelMonitoringArgs | ModelMonitoringArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = ModelMonitoringArgs.parse(f'ModelMonitoring "{name}"', args)
        super().__init__(name, checked, opts)
        custom = k8s.apiextensions.CustomResource
        self.monitor = self.make(custom, "monitor", scrape_target_inputs(checked))
        self.alerts = self.make(custom, "alerts", alerts_inputs(checked)) if checked.alerts.enabled else None
        self.dashboard = (
            self.make(k8s.core.v1.ConfigMap, "dashboard", dashboard_inputs(checked)) if checked.dashboard else None
        )
        self.register_outputs({})
