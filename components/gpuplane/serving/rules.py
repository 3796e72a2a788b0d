"""Rules over the arguments of a model server."""

from collections.abc import Iterator

from gpuplane.arguments.errors import Problem
from gpuplane.kubernetes import quantity
from gpuplane.kubernetes.images import image_problems
from gpuplane.kubernetes.names import annotation_problems, key_problems
from gpuplane.serving.artefacts.rules import model_problems
from gpuplane.serving.fields import ModelServerFields
from gpuplane.serving.storage import SINGLE_WRITER
from gpuplane.workloads.compute import Compute, machine_share
from gpuplane.workloads.gpu import GpuRequest
from gpuplane.workloads.variables import name_problems

COMPUTE_REQUIRED = "required without a pool, from whose machine the default is taken, got nothing"


def server_problems(server: ModelServerFields) -> Iterator[Problem]:
    """Yield the problems of a server that no cluster could run."""
    yield from model_problems(server.model, server.storage, server.runtime, server.command is not None)
    yield from _claim_problems(server)
    yield from _image_problems(server)
    yield from _number_problems(server)
    yield from quantity.problems("cache_size", server.cache_size)
    if server.shared_memory is not None:
        yield from quantity.problems("shared_memory", server.shared_memory)
    if server.extra_args and server.command is not None:
        yield Problem("extra_args", "must be left out with a command, which has its own")
    yield from name_problems("env", server.env)
    yield from annotation_problems("service_account_annotations", server.service_account_annotations)
    for index, condition in enumerate(server.readiness_gates):
        yield from key_problems(f"readiness_gates[{index}]", condition)


def gpu_problems(gpu: GpuRequest | None) -> Iterator[Problem]:
    """Refuse a pool of queued nodes, on which a server would stay pending."""
    if gpu and gpu.pool and gpu.pool.queued:
        yield Problem(
            "gpu.pool",
            f"must be a pool that scales up for pending pods, got {gpu.pool.name!r}, whose nodes are created for a "
            "ProvisioningRequest only, fix: a pool with provisioning_model flex-start",
        )


def compute_problems(cpu: Compute | None, memory: Compute | None, gpu: GpuRequest | None) -> Iterator[Problem]:
    """Require CPU and memory where no pool's machine gives their default."""
    missing = [path for path, part in (("cpu", cpu), ("memory", memory)) if part is None]
    if not missing:
        return
    if not gpu or not gpu.pool:
        for path in missing:
            yield Problem(path, COMPUTE_REQUIRED)
        return
    if gpu.count > 0:
        try:
            machine_share(gpu.pool, gpu.count)
        except ValueError as error:
            yield Problem(missing[0], f"required, {error}")


def _number_problems(server: ModelServerFields) -> Iterator[Problem]:
    if server.run_as_user == 0:
        yield Problem("run_as_user", "must not be root, got 0, fix: a user id the image can run as")
    elif not 0 < server.run_as_user < 2**31:
        yield Problem("run_as_user", f"must be from 1 to {2**31 - 1}, got {server.run_as_user}")
    if server.port is not None and not 1024 <= server.port <= 65535:
        yield Problem("port", f"must be an unprivileged port, from 1024 to 65535, got {server.port}")
    if server.longest_request_seconds < 1:
        yield Problem("longest_request_seconds", f"must be at least 1, got {server.longest_request_seconds}")


def _image_problems(server: ModelServerFields) -> Iterator[Problem]:
    if server.image is not None:
        yield from image_problems("image", server.image)
    elif not server.runtime_preset.image:
        yield Problem("image", f"required with runtime {server.runtime.value}, which has no image of its own")


def _claim_problems(server: ModelServerFields) -> Iterator[Problem]:
    claim = server.storage.claim
    if claim and claim.access_mode in SINGLE_WRITER and server.scaling.max_replicas > 1:
        yield Problem(
            "storage.claim.access_mode",
            f"must be mountable by {server.scaling.max_replicas} replicas (scaling.max_replicas), "
            f"got {claim.access_mode!r}, allowed: ReadWriteMany, ReadOnlyMany",
        )
