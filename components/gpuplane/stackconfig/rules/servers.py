"""A model server's or a training job's arguments from what the stack says of it and of what it stands on."""

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

# What a model says by name; the rest is the server's own.
_NAMES = ("tenant", "gpu", "secrets", "route", "variants")


@dataclass(frozen=True)
class Stack:
    """What servers and jobs stand on, all of it free of problems; models by the names of their servers."""

    tenants: Mapping[str, TenantNamespaceArgs]
    models: Mapping[str, ModelConfig]
    jobs: Mapping[str, JobConfig]
    pools: Mapping[str, PoolFacts]
    platform: Platform


def server_args(stack: Stack, name: str) -> ModelServerArgs:
    """The arguments of one of the stack's models, plain: its secrets are the names of their keys."""
    return model_args(stack, stack.models[name], _gpu(stack, name))


def model_args(stack: Stack, model: ModelConfig, gpu: GpuRequest | None) -> ModelServerArgs:
    """The arguments of a model server whose GPUs are known, plain."""
    own: dict[str, Any] = {key: value for key, value in model.explicitly_set().items() if key not in _NAMES}
    namespace = stack.tenants[model.tenant].namespace
    return ModelServerArgs.model_validate({**own, "namespace": namespace, "gpu": gpu, "secrets": model.secrets})


def placed_problems(stack: Stack, model: ModelConfig) -> Iterable[Problem]:
    """What is wrong with a model where it stands: its pool's nodes cannot give it what it asks for."""
    return model_args(stack, model, request_of(stack, model)).problems()


def job_args(stack: Stack, name: str) -> TrainingJobArgs:
    """The arguments of one of the stack's jobs, plain: its secrets are the names of their keys."""
    job = stack.jobs[name]
    own: dict[str, Any] = {key: value for key, value in job.explicitly_set().items() if key not in _NAMES}
    namespace = stack.tenants[job.tenant].namespace
    given = {**own, "namespace": namespace, "gpu": request_of(stack, job), "secrets": job.secrets}
    return TrainingJobArgs.model_validate(given)


def _gpu(stack: Stack, name: str) -> GpuRequest | None:
    request = request_of(stack, stack.models[name])
    if not request:
        return None
    # What lands on the same nodes shares their GPUs, whichever pool each names; a job holds its own for days.
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
    """The GPUs of a model or a job, where they are."""
    gpu = model.gpu
    if not gpu:
        return None
    if gpu.pool is not None:
        return GpuRequest(count=gpu.count, resource=gpu.resource, pool=stack.pools[gpu.pool])
    return GpuRequest(count=gpu.count, resource=gpu.resource, accelerator=gpu.accelerator, platform=stack.platform)


def _nodes(request: GpuRequest | None) -> tuple[str, dict[str, str]] | None:
    return (request.resource_name, request.node_selector) if request else None
