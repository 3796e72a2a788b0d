"""One environment: its cluster, then pools, devices, tenants, and the model servers that stand on them."""

from collections.abc import Callable

import pulumi

import gpuplane
from autoscaler import autoscaler_of, karpenter_of
from cluster import cluster_of
from devices import devices_of
from gateway import endpoints_of, gateway_of
from gpuplane.stackconfig import StackConfig
from jobs import jobs_of
from models import models_of
from observability import observability_of
from peaks import warn_of_peaks
from pools import pools_of


def deploy(config: StackConfig, secret: Callable[[str], pulumi.Output[str]]) -> None:
    """Makes everything that the config says, and exports what others need of it.

    Args:
        config: The stack's config, free of problems.
        secret: Looks up an encrypted config key; fails where it is not set.
    """
    cluster = cluster_of(config.cluster, f"{pulumi.get_project()}-{pulumi.get_stack()}")
    pools = pools_of(config, cluster, karpenter_of(config, cluster))
    devices = [*devices_of(config, cluster, pools), *autoscaler_of(config, cluster)]
    tenants = {name: gpuplane.TenantNamespace(name, args, cluster.inside()) for name, args in config.tenants.items()}
    servers = models_of(config, cluster, tenants, pools, devices, secret)
    jobs_of(config, cluster, tenants, pools, devices, secret)
    warn_of_peaks(config, pools)
    endpoints = endpoints_of(config, cluster, tenants, servers, gateway_of(config, cluster, tenants))
    observability_of(config, cluster, tenants, servers)
    pulumi.export("cluster", cluster.name)
    pulumi.export("namespaces", {name: tenant.namespace for name, tenant in tenants.items()})
    pulumi.export("urls", {name: server.url for name, server in servers.items()})
    pulumi.export("endpoints", {name: endpoint.url for name, endpoint in endpoints.items()})
