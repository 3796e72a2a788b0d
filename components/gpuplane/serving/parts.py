"""The parts of a model server's arguments: its GPUs, CPU and memory, probes and scaling."""

from collections.abc import Iterable
from typing import Any

from gpuplane import quantity
from gpuplane.args import Args
from gpuplane.errors import Problem
from gpuplane.nodepools.facts import ACCELERATOR_LABEL, GPU_TAINT_KEY, PoolFacts

GPU_TOLERATION: dict[str, Any] = {"key": GPU_TAINT_KEY, "operator": "Exists", "effect": "NoSchedule"}

_EITHER = "must name either a pool or an accelerator, got {}"


class GpuRequest(Args):
    """GPUs of one replica, and where they are: in a pool, or wherever a platform's label names the accelerator."""

    count: int = 1
    """Whole GPUs a replica takes; a request and a limit of the same number."""

    pool: PoolFacts | None = None
    """The pool, `pool.facts`: any node with the same accelerator will do."""

    accelerator: str | None = None
    """Instead of a pool, the accelerator as the platform's node label spells it, such as `nvidia-tesla-t4`."""

    platform: str = "gke"
    """Whose label that is, `gke` or `eks`; a pool knows its own."""

    available: int | None = None
    """The most GPUs this server can count on. By default the pool's at its largest; without a pool nobody knows,
    and an update then takes an old replica away before it starts a new one."""

    def problems(self) -> Iterable[Problem]:
        """One place, at least one GPU, and no more than a node has."""
        if (self.pool is None) == (self.accelerator is None):
            yield Problem("", _EITHER.format("both" if self.pool else "neither"))
        if self.platform not in ACCELERATOR_LABEL:
            yield Problem("platform", f"unknown platform, got {self.platform!r}, allowed: gke, eks")
        if self.count < 1:
            yield Problem("count", f"must be at least 1, got {self.count}, fix: leave gpu out for a server without")
        elif self.pool and self.count > self.pool.gpus_per_node:
            yield Problem(
                "count",
                f"must fit one node, got {self.count}, "
                f"allowed: at most {self.pool.gpus_per_node} on {self.pool.machine_type}",
            )

    @property
    def resource_name(self) -> str:
        """The extended resource to ask for."""
        return self.pool.resource_name if self.pool else "nvidia.com/gpu"

    @property
    def node_selector(self) -> dict[str, str]:
        """The labels of the nodes that have it."""
        return self.pool.node_selector if self.pool else {ACCELERATOR_LABEL[self.platform]: str(self.accelerator)}

    @property
    def max_gpus(self) -> int | None:
        """The most GPUs there can be for it, None where nobody knows."""
        return self.available if self.available is not None else self.pool.max_gpus if self.pool else None


class Compute(Args):
    """CPU or memory of one replica."""

    request: str
    """What the scheduler keeps for it."""

    limit: str
    """The most it may use."""

    def problems(self) -> Iterable[Problem]:
        """Both quantities, the limit not below the request."""
        parsed: dict[str, Any] = {}
        for path, text in (("request", self.request), ("limit", self.limit)):
            try:
                parsed[path] = quantity.parse(text)
            except ValueError as error:
                yield Problem(path, str(error))
        if len(parsed) == 2 and parsed["limit"] < parsed["request"]:
            yield Problem("limit", f"must be at least the request, got {self.limit!r}, request is {self.request!r}")


class Probes(Args):
    """The paths that say how the server is, and how long it may take to load its model."""

    liveness_path: str = "/health"
    """Answers while the process works, from the moment it listens."""

    readiness_path: str = "/health/ready"
    """Answers 200 when the model is loaded, 503 before."""

    load_seconds: int = 300
    """The longest a replica may take from its start to the end of loading. The startup probe waits that long, and so
    do rollouts and `pulumi up`."""

    def problems(self) -> Iterable[Problem]:
        """A budget that one probe fits in."""
        if self.load_seconds < 10:
            yield Problem("load_seconds", f"must be at least 10, got {self.load_seconds}")


class Scaling(Args):
    """How many replicas there are: left to a HorizontalPodAutoscaler."""

    min_replicas: int = 2
    """Fewest replicas."""

    max_replicas: int = 10
    """Most replicas: with GPUs, the most this server can cost."""

    cpu_percent: int | None = 70
    """Average CPU use over requests to hold; null to ignore CPU."""

    memory_percent: int | None = 80
    """Average memory use over requests to hold; null to ignore memory."""

    pods_metrics: dict[str, str] = {}
    """Averages per pod to hold, by metric, such as `inference_requests_per_second: "100"`; a metrics adapter must
    serve them."""

    def problems(self) -> Iterable[Problem]:
        """Ordered counts and at least one metric."""
        if not 1 <= self.min_replicas <= self.max_replicas:
            yield Problem(
                "min_replicas",
                f"must be from 1 to max_replicas, got {self.min_replicas}, max_replicas is {self.max_replicas}",
            )
        if self.cpu_percent is None and self.memory_percent is None and not self.pods_metrics:
            yield Problem("", "must have a metric, got none, allowed: cpu_percent, memory_percent, pods_metrics")
