"""One environment: its cluster, then pools, devices, tenants, and the model servers that stand on them."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

import gpuplane
from cluster import Cluster, cluster_of
from gpuplane.stackconfig import StackConfig
from gpuplane.stackconfig.model import ModelConfig

Pools = dict[str, "gpuplane.GkeGpuNodePool | gpuplane.EksGpuNodePool"]


def deploy(config: StackConfig, secret: Callable[[str], pulumi.Output[str]]) -> None:
    """Makes everything that the config says, and exports what others need of it.

    Args:
        config: The stack's config, free of problems.
        secret: Looks up an encrypted config key; fails where it is not set.
    """
    cluster = cluster_of(config.cluster, f"{pulumi.get_project()}-{pulumi.get_stack()}")
    pools = _pools(config, cluster)
    devices = _devices(config, cluster, pools)
    tenants = {name: gpuplane.TenantNamespace(name, args, cluster.inside()) for name, args in config.tenants.items()}
    servers = {
        name: gpuplane.ModelServer(
            name,
            {
                **_shape(model),
                "namespace": tenants[model.tenant].namespace,
                "gpu": _gpu(config, model, pools),
                "secrets": {variable: secret(key) for variable, key in model.secrets.items()},
            },
            # GPU pods wait for their nodes, and nodes for what advertises their GPUs.
            cluster.inside(depends_on=[*pools.values(), *devices]),
        )
        for name, model in config.models.items()
    }
    pulumi.export("cluster", cluster.name)
    pulumi.export("namespaces", {name: tenant.namespace for name, tenant in tenants.items()})
    pulumi.export("urls", {name: server.url for name, server in servers.items()})


def _pools(config: StackConfig, cluster: Cluster) -> Pools:
    pools: Pools = {}
    for name, shape in config.pools.gke.items():
        pools[name] = gpuplane.GkeGpuNodePool(name, {**shape.given(), **cluster.place}, cluster.beside())
    for name, shape in config.pools.eks.items():
        pools[name] = gpuplane.EksGpuNodePool(name, {**shape.given(), **cluster.place}, cluster.beside())
    return pools


def _devices(config: StackConfig, cluster: Cluster, pools: Pools) -> list[pulumi.Resource]:
    plugin = config.devices.nvidia_device_plugin
    if not plugin:
        return []
    facts = [pool.facts for pool in pools.values()]
    return [gpuplane.NvidiaDevicePlugin("gpus", {**plugin.given(), "pools": facts}, cluster.inside())]


def _shape(model: ModelConfig) -> Mapping[str, Any]:
    """What a model says that is the server's own, without the names of what it stands on."""
    names = {"tenant", "gpu", "secrets"}
    return {key: value for key, value in model.given().items() if key not in names}


def _gpu(config: StackConfig, model: ModelConfig, pools: Pools) -> dict[str, Any] | None:
    gpu = model.gpu
    if not gpu:
        return None
    where = (
        {"pool": pools[gpu.pool].facts}
        if gpu.pool is not None
        else {"accelerator": gpu.accelerator, "platform": config.cluster.platform}
    )
    return {"count": gpu.count, **where}
