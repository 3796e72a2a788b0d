"""One environment: a cluster, its node pools, devices, tenants, and the workloads on them."""

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
from pools import pools_of


def deploy(config: StackConfig, secret: Callable[[str], pulumi.Output[str]]) -> None:
    """Make all resources of a stack, and export its outputs.

    Args:
        config: The stack's config, without problems.
        secret: Looks up an encrypted config key, or fails if it is not set.
    """
    cluster = cluster_of(config.cluster, f"{pulumi.get_project()}-{pulumi.get_stack()}")
    pools = pools_of(config, cluster, karpenter_of(config, cluster))
    nodes = [*pools.values(), *devices_of(config, cluster, pools), *autoscaler_of(config, cluster)]
    tenants = {name: gpuplane.TenantNamespace(name, args, cluster.inside()) for name, args in config.tenants.items()}
    servers = models_of(config, cluster, tenants, nodes, secret)
    jobs_of(config, cluster, tenants, nodes, secret)
    for warning in config.warnings():
        pulumi.log.warn(warning)
    endpoints = endpoints_of(config, cluster, tenants, servers, gateway_of(config, cluster, tenants))
    observability_of(config, cluster, tenants, servers)
    pulumi.export("cluster", cluster.name)
    pulumi.export("namespaces", {name: tenant.namespace for name, tenant in tenants.items()})
    pulumi.export("urls", {name: server.url for name, server in servers.items()})
    pulumi.export("endpoints", {name: endpoint.url for name, endpoint in endpoints.items()})
