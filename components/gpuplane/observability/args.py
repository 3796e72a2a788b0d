"""The arguments of what watches over a server and a tenant."""

from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem, unknown
from gpuplane.arguments.inputs import Input
from gpuplane.component.base import ComponentArgs
from gpuplane.observability.collectors import COLLECTORS
from gpuplane.serving.runtimes.catalogue import RuntimeName


class AlertThresholds(Args):
    """When somebody has to look."""

    enabled: bool = True
    """Whether there are alerts at all."""

    latency_seconds: float = 5
    """The 95th percentile of a request's time, over 10 minutes."""

    restarts: int = 3
    """Restarts of one replica within 30 minutes."""

    gpu_idle_percent: int = 5
    """A GPU that is used less than this over an hour is paid for nothing."""

    quota_percent: int = 90
    """How much of a quota may be used, over 15 minutes."""

    def own_problems(self) -> Iterable[Problem]:
        """Numbers that mean something."""
        for path, value in (("latency_seconds", self.latency_seconds), ("restarts", self.restarts)):
            if value <= 0:
                yield Problem(path, f"must be above 0, got {value:g}")
        for path, value in (("gpu_idle_percent", self.gpu_idle_percent), ("quota_percent", self.quota_percent)):
            if not 1 <= value <= 100:
                yield Problem(path, f"must be from 1 to 100, got {value}")


class MonitoringShape(ComponentArgs):
    """How a stack is watched over."""

    collector: str = "prometheusOperator"
    """`prometheusOperator`, which has to be in the cluster, or `googleManagedPrometheus`, which GKE has; Google's
    costs by the sample."""

    labels: dict[str, str] = {}
    """Labels of monitors and rules: what the Prometheus of the cluster selects by, such as `release: prometheus`."""

    interval_seconds: int = 30
    """How often a server is asked for its metrics."""

    alerts: AlertThresholds = AlertThresholds()
    """When somebody has to look."""

    runbooks: str = "docs/operations.md"
    """Where the alerts' runbooks are: the URL of `docs/operations.md` as your team reads it."""

    def own_problems(self) -> Iterable[Problem]:
        """A known collector, sensible numbers."""
        if self.collector not in COLLECTORS:
            yield Problem("collector", unknown("collector", self.collector, list(COLLECTORS)))
        if self.interval_seconds < 5:
            yield Problem("interval_seconds", f"must be at least 5, got {self.interval_seconds}")


class ModelMonitoringArgs(MonitoringShape):
    """Arguments of `ModelMonitoring`."""

    namespace: Input[str]
    """Namespace of the server."""

    server: str
    """Name of the server."""

    selector: dict[str, Input[str]]
    """Labels of the server's Service and pods, `server.labels`."""

    runtime: RuntimeName = RuntimeName.REFERENCE
    """Whose metrics it has."""

    metrics_port: str = "http"
    """Name of its pods' port for them."""

    metrics_path: str = "/metrics"
    """Where it tells them."""

    load_seconds: int = 300
    """The longest a replica may load: it is not missed before."""

    has_gpu: bool = False
    """Whether its replicas hold GPUs, which DCGM exporter then has to report."""

    dashboard: bool = True
    """Whether Grafana's sidecar gets a dashboard of it."""


class TenantMonitoringArgs(MonitoringShape):
    """Arguments of `TenantMonitoring`."""

    namespace: Input[str]
    """The tenant's namespace."""
