"""Monitoring of the stack's models and tenants."""

from collections.abc import Mapping

import pulumi

import gpuplane
from cluster import Cluster
from gpuplane.stackconfig import StackConfig

OWN = {"dashboards", "adapter"}


def observability_of(
    config: StackConfig,
    cluster: Cluster,
    tenants: Mapping[str, gpuplane.TenantNamespace],
    servers: Mapping[str, gpuplane.ModelServer],
) -> list[pulumi.Resource]:
    """Make the monitoring of each server and tenant; nothing without `observability`."""
    watch = config.observability
    if not watch:
        return []
    shape = {key: value for key, value in watch.explicitly_set().items() if key not in OWN}
    made: list[pulumi.Resource] = [
        gpuplane.ModelMonitoring(
            server.name,
            gpuplane.ModelMonitoringArgs.merged(
                shape,
                {
                    "namespace": tenants[server.config.tenant].namespace,
                    "server": server.name,
                    "selector": servers[server.name].labels,
                    "runtime": server.config.runtime,
                    "metrics_port": server.config.metrics_port_name,
                    "metrics_path": server.config.runtime_preset.metrics_path,
                    "load_seconds": server.config.probes.load_seconds,
                    "has_gpu": server.config.gpu is not None,
                    "dashboard": watch.dashboards,
                },
            ),
            cluster.inside(),
        )
        for server in config.servers
    ]
    if watch.alerts.enabled:
        made += [
            gpuplane.TenantMonitoring(
                name,
                gpuplane.TenantMonitoringArgs.merged(shape, {"namespace": tenant.namespace}),
                cluster.inside(),
            )
            for name, tenant in tenants.items()
            if config.tenants[name].quota.hard
        ]
    if watch.adapter:
        runtimes = {"runtimes": [server.config.runtime for server in config.servers]}
        args = gpuplane.CustomMetricRulesArgs.merged(watch.adapter, runtimes)
        after = cluster.inside(depends_on=list(tenants.values()))
        made.append(gpuplane.CustomMetricRules("custom-metrics", args, after))
    return made
