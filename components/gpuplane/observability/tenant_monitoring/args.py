"""Arguments of the monitoring of one tenant."""

from gpuplane.arguments.inputs import Input
from gpuplane.observability.args import MonitoringShape


class TenantMonitoringArgs(MonitoringShape):
    """Arguments of `TenantMonitoring`."""

    namespace: Input[str]
    """The tenant's namespace."""
