"""The arguments of a training job."""

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
    """The trainer's image; it runs as a user other than root and may write to its claims and /tmp only."""

    command: list[str] | None = None
    """What to run. By default what the image says."""

    args: list[str] = []
    """Its arguments, such as `--epochs=100`."""

    cpu: Compute
    """CPU of the pod, in cores."""

    memory: Compute
    """Memory of the pod; what it keeps in /dev/shm and /tmp counts."""

    shared_memory: str = "1Gi"
    """Most of its memory that /dev/shm may hold, where the workers of a data loader meet."""

    env: dict[str, Input[str]] = {}
    """Environment variables that are no secret, kept in a ConfigMap."""

    claims: dict[str, JobClaim] = {}
    """Volume claims by name: `data`, `checkpoints`."""

    backoff_limit: int = 2
    """How often a failed pod is tried again. One that a drain or a spot node's end took is no failure."""

    active_deadline_seconds: int | None = None
    """The longest it may take with all tries, then it fails. By default for ever: its GPUs cost as long."""

    ttl_seconds_after_finished: int = 86400
    """How long it can be looked at when it is done. After that it is gone from the cluster, not from Pulumi's state:
    an `up` with `--refresh` would run it again."""

    run_as_user: int = 1000
    """The user id of its processes and the group of its claims, never 0."""

    termination_grace_period_seconds: int = 120
    """How long it may save a checkpoint when it has to go."""

    queue: str | None = None
    """The Kueue LocalQueue of its namespace that admits it; it needs Kueue. By default none; required by a pool with
    queued capacity."""

    def own_problems(self) -> Iterable[Problem]:
        """The rules over several arguments."""
        for name in self.claims:
            if not is_child_name(name, _LONGEST_CLAIM_NAME):
                yield Problem(
                    f"claims.{name}",
                    f"must be at most {_LONGEST_CLAIM_NAME} lower-case letters, digits and '-', a letter first",
                )
        paths = [claim.mount_path for claim in self.claims.values()]
        for path in sorted({path for path in paths if paths.count(path) > 1}):
            yield Problem("claims", f"must each have a path of its own, got {path!r} more than once")
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
    """Namespace it goes in; take it from `TenantNamespace` so that its quota is there first."""

    gpu: GpuRequest | None = None
    """GPUs of the pod. By default none."""

    secrets: dict[str, Input[str]] = {}
    """Environment variables that are secret, kept in a Secret."""

    priority_class: Input[str] | None = None
    """Its PriorityClass: one below the servers', so that they get their GPUs first."""

    def own_problems(self) -> Iterable[Problem]:
        """The rules over several arguments."""
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
                "Kueue's, got nothing, fix: the LocalQueue that admits it, or a pool with capacity flex-start",
            )
