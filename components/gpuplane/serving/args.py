"""The arguments of a model server, with their rules."""

from collections.abc import Iterable
from functools import cached_property

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.kubernetes import quantity
from gpuplane.serving.fields import ModelServerFields
from gpuplane.serving.rules import compute_problems, gpu_problems, server_problems
from gpuplane.workloads.compute import Compute, machine_share
from gpuplane.workloads.gpu import GpuRequest
from gpuplane.workloads.variables import clash_problems, name_problems


class ModelServerShape(ModelServerFields):
    """A model server, in any cluster."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield problems of the arguments with each other."""
        yield from server_problems(self)


class ModelServerArgs(ModelServerShape):
    """Arguments of `ModelServer`."""

    namespace: Input[str]
    """Namespace of its objects; take it from `TenantNamespace` so that its quota exists first."""

    gpu: GpuRequest | None = None
    """GPUs of one replica. Default: none, for a laptop."""

    secrets: dict[str, Input[str]] = {}
    """Environment variables that are secret, kept in a Secret: a change rolls the pods."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield problems of the arguments with each other."""
        yield from super().own_problems()
        yield from gpu_problems(self.gpu)
        yield from compute_problems(self.cpu, self.memory, self.gpu)
        yield from name_problems("secrets", self.secrets)
        yield from clash_problems(self.env, self.secrets)

    @cached_property
    def compute(self) -> tuple[Compute, Compute]:
        """CPU and memory of a replica; the arguments must be valid."""
        if self.cpu and self.memory:
            return self.cpu, self.memory
        assert self.gpu
        assert self.gpu.pool
        cpu, memory = machine_share(self.gpu.pool, self.gpu.count)
        return self.cpu or cpu, self.memory or memory

    @property
    def shared_memory_limit(self) -> str:
        """The size limit of `/dev/shm`."""
        if self.shared_memory is not None:
            return self.shared_memory
        _, memory = self.compute
        return quantity.memory(max(quantity.parse(memory.limit or memory.request) / 4, quantity.MIB))
