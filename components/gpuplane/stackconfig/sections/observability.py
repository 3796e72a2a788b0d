"""The `observability` section."""

from collections.abc import Iterator, Mapping

from gpuplane.arguments.errors import Problem, unknown
from gpuplane.observability.args import MonitoringShape
from gpuplane.observability.custom_metric_rules.adapter_rules import METRIC_NAMES
from gpuplane.observability.custom_metric_rules.args import AdapterShape
from gpuplane.serving.scaling.args import Scaling


class ObservabilityConfig(MonitoringShape):
    """Scrape targets, alerts and dashboards of all models and tenants, and custom metrics for autoscalers."""

    dashboards: bool = True
    """Whether to make a dashboard of each model for Grafana's sidecar."""

    adapter: AdapterShape | None = None
    """Rules for prometheus-adapter. Default: none, autoscalers cannot read the servers' own metrics."""

    def model_problems(self, scaling: Mapping[str, Scaling]) -> Iterator[Problem]:
        """Find metrics of autoscalers that the adapter would not serve.

        Args:
            scaling: Scaling by model.
        """
        if not self.adapter:
            return
        for model, one in scaling.items():
            for metric in one.pods_metrics:
                if metric not in METRIC_NAMES:
                    path = f"models.{model}.scaling.pods_metrics.{metric}"
                    yield Problem(path, unknown("metric", metric, METRIC_NAMES))
