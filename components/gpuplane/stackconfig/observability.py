"""What a stack says of what watches over its models and tenants."""

from collections.abc import Iterable, Iterator, Mapping

from gpuplane.args import Args
from gpuplane.errors import Problem, unknown
from gpuplane.observability.args import MonitoringShape
from gpuplane.observability.custom_metrics import METRIC_NAMES
from gpuplane.observability.runtimes import runtimes
from gpuplane.serving.scaling.args import Scaling


class AdapterConfig(Args):
    """Where prometheus-adapter reads its rules."""

    namespace: str
    """The adapter's namespace, which is there."""

    config_map: str = "gpuplane-custom-metrics"
    """Name of the ConfigMap to make: what the adapter's chart calls `rules.existing`."""


class ObservabilityConfig(MonitoringShape):
    """Scrape targets, alerts and dashboards of all models and tenants, and the metrics that autoscalers read."""

    dashboards: bool = True
    """Whether Grafana's sidecar gets a dashboard of each model."""

    runtimes: dict[str, str] = {}
    """What serves each model: `reference`, `vllm`, `triton`, `tgi` or `torchserve`; by default `reference`."""

    adapter: AdapterConfig | None = None
    """Where prometheus-adapter gets its rules from. By default autoscalers read no metrics of the servers' own."""

    def problems(self) -> Iterable[Problem]:
        """Known runtimes."""
        yield from super().problems()
        for model, runtime in self.runtimes.items():
            if runtime not in runtimes():
                yield Problem(f"runtimes.{model}", unknown("runtime", runtime, list(runtimes())))

    def model_problems(self, scaling: Mapping[str, Scaling]) -> Iterator[Problem]:
        """Metrics that nobody would serve, and runtimes of models that are not there.

        Args:
            scaling: Scaling by model.
        """
        for model in self.runtimes:
            if model not in scaling:
                yield Problem(f"observability.runtimes.{model}", unknown("model", model, list(scaling)))
        if not self.adapter:
            return
        for model, one in scaling.items():
            for metric in one.pods_metrics:
                if metric not in METRIC_NAMES:
                    path = f"models.{model}.scaling.pods_metrics.{metric}"
                    yield Problem(path, unknown("metric", metric, METRIC_NAMES))
