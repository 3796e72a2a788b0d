"""Monitoring of one tenant."""

from typing import ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.observability.tenant_monitoring.args import TenantMonitoringArgs
from gpuplane.observability.tenant_monitoring.args_dict import TenantMonitoringArgsDict
from gpuplane.observability.tenant_monitoring.inputs import alerts_inputs


class TenantMonitoring(Component):
    """An alert before a tenant's quota is used up.

    Example: `TenantMonitoring("serving", {"namespace": tenant.namespace})`.

    Attributes:
        alerts: The PrometheusRule or Rules.
    """

    SECTION: ClassVar[Section | None] = Section("observability")
    CHILDREN: ClassVar[tuple[str, ...]] = ("alerts",)

    def __init__(
        self,
        name: str,
        args: TenantMonitoringArgs | TenantMonitoringArgsDict,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        checked = TenantMonitoringArgs.parse(f'TenantMonitoring "{name}"', args)
        super().__init__(name, checked, opts)
        self.alerts = self.make(k8s.apiextensions.CustomResource, "alerts", alerts_inputs(checked))
        self.register_outputs({})
