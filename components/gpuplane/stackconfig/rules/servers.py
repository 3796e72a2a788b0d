"""The arguments of model servers and training jobs, with the tenants and pools that their config names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gpuplane.arguments.errors import Problem
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.platforms import Platform
from gpuplane.serving.args import ModelServerArgs
from gpuplane.sizing.rollout import left_for
from gpuplane.stackconfig.sections.jobs import JobConfig
from gpuplane.stackconfig.sections.models import ModelConfig
from gpuplane.tenancy.args import TenantNamespaceArgs
from gpuplane.training.args import TrainingJobArgs
from gpuplane.workloads.gpu import GpuRequest

# Keys that the server does not have as they are.
_NAMES = ("tenant", "gpu", "secrets", "route", "variants")


@dataclass(frozen=True)
class Stack:
    """The sections that servers and jobs need, without problems; models by the names of their servers."""

    tenants: Mapping[str, TenantNamespaceArgs]
    models: Mapping[str, ModelConfig]
    jobs: Mapping[str, JobConfig]
    pools: Mapping[str, PoolFacts]
    platform: Platform


def server_args(stack: Stack, name: str) -> ModelServerArgs:
    """Return the arguments of a model server; its secrets are the names of their config keys."""
    return model_args(stack, stack.models[name], _gpu(stack, name))


def model_args(stack: Stack, model: ModelConfig, gpu: GpuRequest | None) -> ModelServerArgs:
    """Return the arguments of a model server with these GPUs; its secrets are the names of their config keys."""
    own: dict[str, Any] = {key: value for key, value in model.explicitly_set().items() if key not in _NAMES}
    namespace = stack.tenants[model.tenant].namespace
    return ModelServerArgs.model_validate({**own, "namespace": namespace, "gpu": gpu, "secrets": model.secrets})


def placed_problems(stack: Stack, model: ModelConfig) -> Iterable[Problem]:
    """Find requests of a model that the nodes of its pool cannot meet."""
    return model_args(stack, model, request_of(stack, model)).problems()


def job_args(stack: Stack, name: str) -> TrainingJobArgs:
    """Return the arguments of a training job; its secrets are the names of their config keys."""
    job = stack.jobs[name]
    own: dict[str, Any] = {key: value for key, value in job.explicitly_set().items() if key not in _NAMES}
    namespace = stack.tenants[job.tenant].namespace
    given = {**own, "namespace": namespace, "gpu": request_of(stack, job), "secrets": job.secrets}
    return TrainingJobArgs.model_validate(given)


def _gpu(stack: Stack, name: str) -> GpuRequest | None:
    request = request_of(stack, stack.models[name])
    if not request:
        return None
    # Workloads with the same node selector share GPUs, whichever pool each names.
    nodes = _nodes(request)
    pools = [pool for pool in stack.pools.values() if (pool.resource_name, pool.node_selector) == nodes]
    if not pools:
        return request
    others = [
        other.scaling.max_replicas * other.gpu.count
        for other_name, other in stack.models.items()
        if other_name != name and other.gpu and _nodes(request_of(stack, other)) == nodes
    ]
    others += [job.gpu.count for job in stack.jobs.values() if job.gpu and _nodes(request_of(stack, job)) == nodes]
    available = left_for(sum(pool.max_gpus for pool in pools), others)
    return request.model_copy(update={"available": available})


def request_of(stack: Stack, model: ModelConfig | JobConfig) -> GpuRequest | None:
    """Return the GPU request of a model or a job, with its pool or accelerator."""
    gpu = model.gpu
    if not gpu:
        return None
    if gpu.pool is not None:
        return GpuRequest(count=gpu.count, resource=gpu.resource, pool=stack.pools[gpu.pool])
    return GpuRequest(count=gpu.count, resource=gpu.resource, accelerator=gpu.accelerator, platform=stack.platform)


def _nodes(request: GpuRequest | None) -> tuple[str, dict[str, str]] | None:
    return (request.resource_name, request.node_selector) if request else None
