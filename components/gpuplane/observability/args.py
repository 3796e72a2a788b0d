"""Arguments that the monitoring of servers and of tenants share."""

from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem, unknown
from gpuplane.component.base import ComponentArgs
from gpuplane.observability.collectors import COLLECTORS


class AlertThresholds(Args):
    """Alert thresholds."""

    enabled: bool = True
    """Whether to create alert rules."""

    latency_seconds: float = 5
    """Alert above this request duration: the 95th percentile over 5 minutes."""

    restarts: int = 3
    """Alert at this number of restarts of one replica within 30 minutes."""

    gpu_idle_percent: int = 5
    """Alert below this average utilization of a GPU over one hour."""

    quota_percent: int = 90
    """Alert above this share of a quota."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield thresholds that are not positive, and percentages outside 1 to 100."""
        for path, value in (("latency_seconds", self.latency_seconds), ("restarts", self.restarts)):
            if value <= 0:
                yield Problem(path, f"must be above 0, got {value:g}")
        for path, value in (("gpu_idle_percent", self.gpu_idle_percent), ("quota_percent", self.quota_percent)):
            if not 1 <= value <= 100:
                yield Problem(path, f"must be from 1 to 100, got {value}")


class MonitoringShape(ComponentArgs):
    """Monitoring, whatever it is of."""

    collector: str = "prometheusOperator"
    """`prometheusOperator`, which must be installed in the cluster, or `googleManagedPrometheus`, which is part of GKE
    and billed per sample."""

    labels: dict[str, str] = {}
    """Labels of monitors and rules that the cluster's Prometheus selects by, such as `release: prometheus`."""

    interval_seconds: int = 30
    """Scrape interval."""

    alerts: AlertThresholds = AlertThresholds()
    """Alert thresholds."""

    runbooks: str = "docs/operations.md"
    """URL of the alerts' runbooks: where your team reads `docs/operations.md`."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield an unknown collector, and a scrape interval that is too short."""
        if self.collector not in COLLECTORS:
            yield Problem("collector", unknown("collector", self.collector, list(COLLECTORS)))
        if self.interval_seconds < 5:
            yield Problem("interval_seconds", f"must be at least 5, got {self.interval_seconds}")
