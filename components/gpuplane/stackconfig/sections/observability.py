"""What a stack says of what watches over its models and tenants."""

from collections.abc import Iterator, Mapping

from gpuplane.arguments.errors import Problem, unknown
from gpuplane.observability.args import MonitoringShape
from gpuplane.observability.custom_metric_rules.adapter_rules import METRIC_NAMES
from gpuplane.observability.custom_metric_rules.args import AdapterShape
from gpuplane.serving.scaling.args import Scaling


class ObservabilityConfig(MonitoringShape):
    """Scrape targets, alerts and dashboards of all models and tenants, and the metrics that autoscalers read."""

    dashboards: bool = True
    """Whether Grafana's sidecar gets a dashboard of each model."""

    adapter: AdapterShape | None = None
    """Where prometheus-adapter gets its rules from. By default autoscalers read no metrics of the servers' own."""

    def model_problems(self, scaling: Mapping[str, Scaling]) -> Iterator[Problem]:
        """Metrics that nobody would serve.

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
