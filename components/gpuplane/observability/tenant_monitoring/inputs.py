"""Inputs of a tenant's alert rules."""

from typing import Any

import pulumi

from gpuplane.observability.collectors import rules_inputs
from gpuplane.observability.tenant_monitoring.alerts import tenant_rules
from gpuplane.observability.tenant_monitoring.args import TenantMonitoringArgs


def alerts_inputs(args: TenantMonitoringArgs) -> dict[str, Any]:
    """Return the object that holds the tenant's alert rules."""
    spec = pulumi.Output.from_input(args.namespace).apply(
        lambda namespace: tenant_rules(namespace, args.alerts, args.runbooks)
    )
    metadata = {"name": "quota", "namespace": args.namespace, "labels": args.labels}
    return rules_inputs(args.collector, metadata, spec)
