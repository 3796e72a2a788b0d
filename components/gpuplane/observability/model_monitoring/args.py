"""Arguments of the monitoring of one model server."""

from gpuplane.arguments.inputs import Input
from gpuplane.observability.args import MonitoringShape
from gpuplane.serving.runtimes.catalogue import RuntimeName


class ModelMonitoringArgs(MonitoringShape):
    """Arguments of `ModelMonitoring`."""

    namespace: Input[str]
    """Namespace of the server."""

    server: str
    """Name of the server."""

    selector: dict[str, Input[str]]
    """Labels of the server's Service and pods, `server.labels`."""

    runtime: RuntimeName = RuntimeName.REFERENCE
    """Runtime of the server, which decides the names of its metrics."""

    metrics_port: str = "http"
    """Name of the pods' port that serves metrics."""

    metrics_path: str = "/metrics"
    """HTTP path of the metrics."""

    load_seconds: int = 300
    """The longest that a replica may load its model; no alert before that."""

    has_gpu: bool = False
    """Whether the replicas use GPUs. DCGM exporter must then be installed."""

    dashboard: bool = True
    """Whether to create a dashboard for the sidecar of Grafana's chart."""
