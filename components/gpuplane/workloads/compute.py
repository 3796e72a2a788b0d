"""CPU and memory of a container: explicit, or the share of the machine that its GPUs imply."""

from collections.abc import Iterable
from decimal import Decimal

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.hardware import allocatable
from gpuplane.kubernetes import quantity
from gpuplane.nodepools.facts import PoolFacts

# Reserved for the DaemonSets of a GPU node: device plugin, metrics, logs, network and volumes. Those of GKE and EKS
# request less; nodes with more DaemonSets need explicit cpu and memory.
DAEMONSETS_CPU = Decimal("0.5")
DAEMONSETS_MEMORY = quantity.GIB

_CPU_STEP = Decimal("0.1")
_MEMORY_STEP = 128 * quantity.MIB


class Compute(Args):
    """CPU or memory of one pod."""

    request: str
    """Request, which the scheduler reserves."""

    limit: str | None = None
    """Limit. Default: the request."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield what is no quantity, and a limit below the request."""
        limit = self.limit if self.limit is not None else self.request
        wrong = [*quantity.problems("request", self.request), *quantity.problems("limit", limit, may_be_zero=True)]
        yield from (problem for problem in wrong if problem.path == "request" or self.limit is not None)
        if not wrong and quantity.parse(limit) < quantity.parse(self.request):
            yield Problem("limit", f"must be at least the request, got {limit!r}, request is {self.request!r}")


def machine_share(pool: PoolFacts, gpus: int) -> tuple[Compute, Compute]:
    """Return CPU and memory in proportion to the GPUs: a share of the machine without the DaemonSets' part.

    The CPU limit also includes a share of the DaemonSets' part.

    Raises:
        ValueError: The machine type is unknown, or too small.

    Example:
        >>> from gpuplane.platforms import Platform
        >>> t4 = PoolFacts(name="t4", platform=Platform.GKE, machine_type="n1-standard-8",
        ...     accelerator="nvidia-tesla-t4", gpus_per_node=1, min_nodes=0, max_nodes=4, advertiser="gke")
        >>> [part.request for part in machine_share(t4, 1)]
        ['7400m', '25984Mi']
    """
    # The disk size does not affect CPU and memory.
    found = pool.catalogue.machine(pool.platform, pool.machine_type)
    room = allocatable(found, disk_gib=100, huge_pages_mib=pool.huge_pages_mib)
    share = Decimal(gpus) / pool.gpus_per_node
    cpu, most = ((room.cpu - kept) * share // _CPU_STEP * _CPU_STEP for kept in (DAEMONSETS_CPU, 0))
    memory = (room.memory_bytes - DAEMONSETS_MEMORY) * share // _MEMORY_STEP * _MEMORY_STEP
    if cpu <= 0 or memory <= 0:
        raise ValueError(f"a share of {gpus} of {pool.gpus_per_node} GPUs of {pool.machine_type} leaves nothing")
    return Compute(request=quantity.cpu(cpu), limit=quantity.cpu(most)), Compute(request=quantity.memory(memory))


def resources(cpu: Compute, memory: Compute, extended: dict[str, int]) -> dict[str, dict[str, str]]:
    """Return requests and limits of a container. For extended resources, such as GPUs, they are equal."""
    whole = {name: str(count) for name, count in extended.items()}
    return {
        "requests": {"cpu": cpu.request, "memory": memory.request, **whole},
        "limits": {"cpu": cpu.limit or cpu.request, "memory": memory.limit or memory.request, **whole},
    }
