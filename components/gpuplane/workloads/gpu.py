"""The GPUs of a model server's replica."""

from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.nodepools.facts import GPU_TOLERATION, PoolFacts
from gpuplane.platforms import Platform, facts

_EITHER = "must name either a pool or an accelerator, got {}"


class GpuRequest(Args):
    """GPUs of one replica, and where they are: in a pool, or wherever a platform's label names the accelerator."""

    count: int = 1
    """GPUs a replica takes, or shares of one where they are shared; a request and a limit of the same number."""

    pool: PoolFacts | None = None
    """The pool, `pool.facts`: any node with the same accelerator will do."""

    accelerator: str | None = None
    """Instead of a pool, the accelerator as the platform's node label spells it, such as `nvidia-tesla-t4`."""

    platform: Platform = Platform.GKE
    """Whose label that is, `gke` or `eks`; a pool knows its own."""

    resource: str | None = None
    """The extended resource to ask for, such as `nvidia.com/gpu.shared`. By default the pool's, else whole GPUs."""

    available: int | None = None
    """The most GPUs this server can count on. By default the pool's at its largest; without a pool nobody knows,
    and an update then takes an old replica away before it starts a new one."""

    def own_problems(self) -> Iterable[Problem]:
        """One place, at least one GPU, and no more than a node has."""
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
        """The extended resource to ask for."""
        return self.resource or (self.pool.resource_name if self.pool else "nvidia.com/gpu")

    @property
    def node_selector(self) -> dict[str, str]:
        """The labels of the nodes that have it."""
        return self.pool.node_selector if self.pool else {facts(self.platform).accelerator_label: str(self.accelerator)}

    @property
    def tolerations(self) -> list[dict[str, str]]:
        """What lets a pod onto those nodes."""
        return self.pool.tolerations if self.pool else [GPU_TOLERATION]

    @property
    def max_gpus(self) -> int | None:
        """The most GPUs there can be for it, None where nobody knows."""
        return self.available if self.available is not None else self.pool.max_gpus if self.pool else None
