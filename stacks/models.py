"""The stack's model servers."""

from collections.abc import Callable, Mapping, Sequence

import pulumi

import gpuplane
from cluster import Cluster
from gpuplane.stackconfig import StackConfig
from readers import reader_of


def models_of(
    config: StackConfig,
    cluster: Cluster,
    tenants: Mapping[str, gpuplane.TenantNamespace],
    nodes: Sequence[pulumi.Resource],
    secret: Callable[[str], pulumi.Output[str]],
) -> dict[str, gpuplane.ModelServer]:
    """Make each model server of the config, one for every variant of a model.

    Args:
        config: The stack's config.
        cluster: Its cluster.
        tenants: Its tenants by name.
        nodes: What has to be there before GPU pods can be scheduled.
        secret: Looks up an encrypted config key.

    Returns:
        The servers by name.
    """
    configs = {server.name: server.config for server in config.servers}
    return {
        name: gpuplane.ModelServer(
            name,
            gpuplane.ModelServerArgs.merged(
                args,
                {
                    "namespace": tenants[configs[name].tenant].namespace,
                    "priority_class": tenants[configs[name].tenant].priority_classes["serving"],
                    "secrets": {variable: secret(key) for variable, key in configs[name].secrets.items()},
                },
            ),
            cluster.inside(depends_on=[*nodes, *reader_of(config, cluster, name, args)]),
        )
        for name, args in config.server_args.items()
    }
