"""Arguments of a training job."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.component.base import ComponentArgs
from gpuplane.kubernetes import quantity
from gpuplane.kubernetes.images import image_problems
from gpuplane.kubernetes.names import is_child_name
from gpuplane.training.claims import JobClaim
from gpuplane.workloads.compute import Compute
from gpuplane.workloads.gpu import GpuRequest
from gpuplane.workloads.variables import clash_problems, name_problems

_LONGEST_CLAIM_NAME = 42


class TrainingJobShape(ComponentArgs):
    """A training job, wherever it runs."""

    image: Input[str]
    """Image of the trainer. It runs as non-root and may write only to its claims and to /tmp."""

    command: list[str] | None = None
    """Command to run. Default: the image's entrypoint."""

    args: list[str] = []
    """Arguments of the command, such as `--epochs=100`."""

    cpu: Compute
    """CPU of the pod, in cores."""

    memory: Compute
    """Memory of the pod, including what it stores in /dev/shm."""

    shared_memory: str = "1Gi"
    """Size limit of /dev/shm, which the workers of a data loader share. It counts as memory of the pod."""

    env: dict[str, Input[str]] = {}
    """Environment variables that are not secret, stored in a ConfigMap."""

    claims: dict[str, JobClaim] = {}
    """Volume claims by name, such as `data` and `checkpoints`."""

    backoff_limit: int = 2
    """Retries of failed pods. Pods lost to a drain or a reclaimed spot node are retried without being counted."""

    active_deadline_seconds: int | None = None
    """The job fails after this time, retries included. Default: no limit, and its GPUs cost as long as it runs."""

    ttl_seconds_after_finished: int = 86400
    """Kubernetes deletes the finished Job after this time. It stays in Pulumi's state, so `up --refresh` would run it
    again."""

    run_as_user: int = 1000
    """User id of its processes and group id of its volumes, never 0."""

    termination_grace_period_seconds: int = 120
    """Time to save a checkpoint when the pod is evicted."""

    queue: str | None = None
    """The LocalQueue in its namespace that admits it; requires Kueue. Required by a pool with queued provisioning.
    Default: none."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield broken rules of names, paths and numbers."""
        for name in self.claims:
            if not is_child_name(name, _LONGEST_CLAIM_NAME):
                yield Problem(
                    f"claims.{name}",
                    f"must be at most {_LONGEST_CLAIM_NAME} lower-case letters, digits and '-', a letter first",
                )
        paths = [claim.mount_path for claim in self.claims.values()]
        for path in sorted({path for path in paths if paths.count(path) > 1}):
            yield Problem("claims", f"mount paths must be unique, got {path!r} more than once")
        yield from quantity.problems("shared_memory", self.shared_memory)
        for path, value, least in (
            ("backoff_limit", self.backoff_limit, 0),
            ("ttl_seconds_after_finished", self.ttl_seconds_after_finished, 0),
            ("active_deadline_seconds", self.active_deadline_seconds, 1),
            ("run_as_user", self.run_as_user, 1),
        ):
            if value is not None and value < least:
                yield Problem(path, f"must be at least {least}, got {value}")
        yield from image_problems("image", self.image)


class TrainingJobArgs(TrainingJobShape):
    """Arguments of `TrainingJob`."""

    namespace: Input[str]
    """Its namespace. Use `TenantNamespace.namespace`, so that the quota is created first."""

    gpu: GpuRequest | None = None
    """GPUs of the pod. Default: none."""

    secrets: dict[str, Input[str]] = {}
    """Secret environment variables, stored in a Secret."""

    priority_class: Input[str] | None = None
    """Its PriorityClass. Use one below that of model servers, so that they get GPUs first."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield broken rules of variables and of the queue."""
        yield from super().own_problems()
        if self.gpu:
            yield from self._queue_problems(self.gpu)
        yield from name_problems("env", self.env)
        yield from name_problems("secrets", self.secrets)
        yield from clash_problems(self.env, self.secrets)

    def _queue_problems(self, gpu: GpuRequest) -> Iterable[Problem]:
        if gpu.pool and gpu.pool.queued and self.queue is None:
            yield Problem(
                "queue",
                f"required by pool {gpu.pool.name!r}, whose queued nodes come for a ProvisioningRequest, such as "
                "Kueue's, got nothing, fix: the LocalQueue that admits it, or a pool with provisioning_model "
                "flex-start",
            )
