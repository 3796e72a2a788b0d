"""What watches over a tenant's quota."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component
from gpuplane.observability.alerts import tenant_rules
from gpuplane.observability.args import TenantMonitoringArgs
from gpuplane.observability.collectors import COLLECTORS


class TenantMonitoring(Component):
    """An alert before a tenant's quota is used up.

    Example:
        >>> watch = TenantMonitoring("serving", {"namespace": tenant.namespace})

    Attributes:
        alerts: The PrometheusRule or Rules.
    """

    CHILDREN: ClassVar[tuple[str, ...]] = ("alerts",)

    def __init__(
        self, name: str, args: TenantMonitoringArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = TenantMonitoringArgs.parse(f'TenantMonitoring "{name}"', args)
        super().__init__(name, checked, opts)
        collector = COLLECTORS[checked.collector]
        spec = pulumi.Output.from_input(checked.namespace).apply(
            lambda namespace: tenant_rules(namespace, checked.alerts, checked.runbooks)
        )
        self.alerts = self.make(
            k8s.apiextensions.CustomResource,
            "alerts",
            {
                "apiVersion": collector.api_version,
                "kind": collector.rules_kind,
                "metadata": {"name": "quota", "namespace": checked.namespace, "labels": checked.labels},
                "spec": spec,
            },
        )
        self.register_outputs({})
