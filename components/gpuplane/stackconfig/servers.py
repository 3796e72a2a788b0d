"""A model server's arguments from what the stack says of it and of what it stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gpuplane.capacity.rollout import left_for
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.gpu import GpuRequest
from gpuplane.stackconfig.models import ModelConfig
from gpuplane.tenancy.args import TenantNamespaceArgs

# What a model says by name; the rest is the server's own.
_NAMES = ("tenant", "gpu", "secrets", "route", "variants")


@dataclass(frozen=True)
class Stack:
    """What model servers stand on, all of it free of problems; models by the names of their servers."""

    tenants: Mapping[str, TenantNamespaceArgs]
    models: Mapping[str, ModelConfig]
    pools: Mapping[str, PoolFacts]
    platform: str | None


def server_args(stack: Stack, name: str) -> ModelServerArgs:
    """The arguments of one of the stack's models, plain: its secrets are the names of their keys."""
    model = stack.models[name]
    own: dict[str, Any] = {key: value for key, value in model.given().items() if key not in _NAMES}
    namespace = stack.tenants[model.tenant].namespace
    given = {**own, "namespace": namespace, "gpu": _gpu(stack, name), "secrets": model.secrets}
    return ModelServerArgs.model_validate(given)


def _gpu(stack: Stack, name: str) -> GpuRequest | None:
    request = _request(stack, stack.models[name])
    if not request:
        return None
    # Servers that land on the same nodes share their GPUs, whichever pool each of them names.
    nodes = _nodes(request)
    pools = [pool for pool in stack.pools.values() if (pool.resource_name, pool.node_selector) == nodes]
    if not pools:
        return request
    others = [
        other.scaling.max_replicas * other.gpu.count
        for other_name, other in stack.models.items()
        if other_name != name and other.gpu and _nodes(_request(stack, other)) == nodes
    ]
    available = left_for(sum(pool.max_gpus for pool in pools), others)
    return request.model_copy(update={"available": available})


def _request(stack: Stack, model: ModelConfig) -> GpuRequest | None:
    gpu = model.gpu
    if not gpu:
        return None
    if gpu.pool is not None:
        return GpuRequest(count=gpu.count, resource=gpu.resource, pool=stack.pools[gpu.pool])
    return GpuRequest(
        count=gpu.count, resource=gpu.resource, accelerator=gpu.accelerator, platform=stack.platform or "gke"
    )


def _nodes(request: GpuRequest | None) -> tuple[str, dict[str, str]] | None:
    return (request.resource_name, request.node_selector) if request else None
