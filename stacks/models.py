"""The stack's model servers, on the tenants and pools that they name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi

import gpuplane
from cluster import Cluster
from gpuplane.stackconfig import StackConfig
from gpuplane.stackconfig.models import ModelConfig
from pools import Pools


def models_of(
    config: StackConfig,
    cluster: Cluster,
    tenants: Mapping[str, gpuplane.TenantNamespace],
    pools: Pools,
    devices: Sequence[pulumi.Resource],
    secret: Callable[[str], pulumi.Output[str]],
) -> dict[str, gpuplane.ModelServer]:
    """Each model server of the config, one a variant, by name."""
    models = {server.name: server.config for server in config.servers}
    return {
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
        for name, model in models.items()
    }


def _shape(model: ModelConfig) -> Mapping[str, Any]:
    """What a model says that is the server's own, without the names of what it stands on."""
    names = {"tenant", "gpu", "secrets", "route", "variants"}
    return {key: value for key, value in model.given().items() if key not in names}


def _gpu(config: StackConfig, model: ModelConfig, pools: Pools) -> dict[str, Any] | None:
    gpu = model.gpu
    if not gpu:
        return None
    where = (
        {"pool": config.devices.facts(pools[gpu.pool].facts)}
        if gpu.pool is not None
        else {"accelerator": gpu.accelerator, "platform": config.cluster.platform}
    )
    return {"count": gpu.count, **where}
