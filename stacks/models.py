"""The stack's model servers, on the tenants and pools that they name."""

from collections.abc import Callable, Mapping, Sequence

import pulumi

import gpuplane
from cluster import Cluster
from gpuplane.stackconfig import StackConfig
from pools import PoolComponents
from readers import reader_of


def models_of(
    config: StackConfig,
    cluster: Cluster,
    tenants: Mapping[str, gpuplane.TenantNamespace],
    pools: PoolComponents,
    devices: Sequence[pulumi.Resource],
    secret: Callable[[str], pulumi.Output[str]],
) -> dict[str, gpuplane.ModelServer]:
    """Each model server of the config, one a variant, by name."""
    configs = {server.name: server.config for server in config.servers}
    return {
        name: gpuplane.ModelServer(
            name,
            {
                **args.explicitly_set(),
                "namespace": tenants[configs[name].tenant].namespace,
                "priority_class": tenants[configs[name].tenant].priority_classes["serving"],
                "secrets": {variable: secret(key) for variable, key in configs[name].secrets.items()},
            },
            # GPU pods wait for their nodes, nodes for what advertises their GPUs, and pods for what they may read.
            cluster.inside(depends_on=[*pools.values(), *devices, *reader_of(config, cluster, name, args)]),
        )
        for name, args in config.server_args.items()
    }
