"""The GPUs of a pod."""

from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.nodepools.facts import GPU_TOLERATION, PoolFacts
from gpuplane.platforms import Platform, facts

_EITHER = "must name either a pool or an accelerator, got {}"


class GpuRequest(Args):
    """GPUs of one pod, in a pool or on any node with an accelerator."""

    count: int = 1
    """GPUs of one pod, or shares of GPUs if they are shared; request and limit are equal."""

    pool: PoolFacts | None = None
    """The pool, `pool.facts`. Nodes of other pools with the same accelerator are used as well."""

    accelerator: str | None = None
    """Instead of a pool, the accelerator as in the platform's node label, such as `nvidia-tesla-t4`."""

    platform: Platform = Platform.GKE
    """Whose label that is, `gke` or `eks`; a pool knows its own."""

    resource: str | None = None
    """Extended resource to request, such as `nvidia.com/gpu.shared`. Default: the pool's, else `nvidia.com/gpu`."""

    available: int | None = None
    """The most GPUs available to this server. Default: the pool's at its maximum. Without a pool it is unknown, and a
    rollout stops an old replica before it starts a new one."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield a missing place, and GPUs that one node cannot provide."""
        if (self.pool is None) == (self.accelerator is None):
            yield Problem("", _EITHER.format("both" if self.pool else "neither"))
        if not facts(self.platform).accelerator_label:
            yield Problem("platform", f"has no label for accelerators, got {self.platform.value!r}, allowed: gke, eks")
        if self.count < 1:
            yield Problem("count", f"must be at least 1, got {self.count}, fix: leave gpu out for a server without")
        elif self.pool and self.pool.max_gpus_per_container and self.count > self.pool.max_gpus_per_container:
            yield Problem(
                "count",
                f"must be what one container may have of shared or partitioned GPUs, got {self.count}, "
                f"allowed: at most {self.pool.max_gpus_per_container} in pool {self.pool.name!r}, "
                "fix: a pool with whole GPUs",
            )
        elif self.pool and self.resource not in (None, self.pool.resource_name):
            yield Problem(
                "resource",
                f"must be the pool's, got {self.resource!r}, allowed: {self.pool.resource_name}, fix: leave it out",
            )
        elif self.pool and self.count > self.pool.gpus_per_node:
            yield Problem(
                "count",
                f"must fit one node, got {self.count}, "
                f"allowed: at most {self.pool.gpus_per_node} on {self.pool.machine_type}",
            )

    @property
    def resource_name(self) -> str:
        """Extended resource to request."""
        return self.resource or (self.pool.resource_name if self.pool else "nvidia.com/gpu")

    @property
    def node_selector(self) -> dict[str, str]:
        """Labels of the nodes that have it."""
        return self.pool.node_selector if self.pool else {facts(self.platform).accelerator_label: str(self.accelerator)}

    @property
    def tolerations(self) -> list[dict[str, str]]:
        """Tolerations for those nodes."""
        return self.pool.tolerations if self.pool else [GPU_TOLERATION]

    @property
    def max_gpus(self) -> int | None:
        """The most GPUs available to it, None if unknown."""
        return self.available if self.available is not None else self.pool.max_gpus if self.pool else None
