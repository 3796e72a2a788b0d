"""How EKS replaces and repairs the nodes of a group."""

from collections.abc import Iterable
from enum import Enum

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem

MAX_UNAVAILABLE = 100


class UpdateStrategy(str, Enum):
    """The order in which an update replaces nodes."""

    MINIMAL = "minimal"
    DEFAULT = "default"


class NodeUpdate(Args):
    """How an update replaces the nodes of a group."""

    strategy: UpdateStrategy = UpdateStrategy.MINIMAL
    """By default an old node goes before its successor is asked for, since GPUs are scarce. `default`, EKS's own,
    starts new nodes first: faster, and it needs and costs as many GPUs more."""

    max_unavailable: int = 1
    """Most nodes that are replaced at a time."""

    def own_problems(self) -> Iterable[Problem]:
        """What EKS takes."""
        if not 1 <= self.max_unavailable <= MAX_UNAVAILABLE:
            yield Problem("max_unavailable", f"must be from 1 to {MAX_UNAVAILABLE}, got {self.max_unavailable}")


class NodeCondition(str, Enum):
    """The conditions by which EKS's node monitoring agent tells what is wrong with a node."""

    ACCELERATED_HARDWARE = "AcceleratedHardwareReady"
    CONTAINER_RUNTIME = "ContainerRuntimeReady"
    KERNEL = "KernelReady"
    NETWORKING = "NetworkingReady"
    STORAGE = "StorageReady"


class RepairAction(str, Enum):
    """What is done to an unhealthy node."""

    REPLACE = "Replace"
    REBOOT = "Reboot"
    NO_ACTION = "NoAction"


class RepairOverride(Args):
    """Another action, or another wait, than EKS's for one reason to be unhealthy."""

    condition: NodeCondition
    """The node condition that shows it."""

    reason: str
    """The condition's reason, such as `NvidiaXID64Error`."""

    wait_minutes: int
    """Minutes that the node has to be unhealthy before anything is done."""

    action: RepairAction
    """What is done then."""

    def own_problems(self) -> Iterable[Problem]:
        """What EKS takes."""
        if not self.reason:
            yield Problem("reason", "must name a reason, got ''")
        if self.wait_minutes < 1:
            yield Problem("wait_minutes", f"must be at least 1, got {self.wait_minutes}")


class NodeRepair(Args):
    """How unhealthy nodes are repaired.

    What EKS's node monitoring agent finds on GPUs counts where its add-on `eks-node-monitoring-agent` runs.
    Source: https://docs.aws.amazon.com/eks/latest/userguide/node-health.html
    """

    enabled: bool = True
    """Whether EKS repairs nodes by itself."""

    max_unhealthy_nodes: int | None = None
    """With more unhealthy nodes than this nothing is repaired. By default EKS's rule."""

    max_parallel_nodes: int | None = None
    """Most nodes that are repaired at a time. By default EKS's rule."""

    overrides: list[RepairOverride] = []
    """Other actions than EKS's, by condition and reason."""

    def own_problems(self) -> Iterable[Problem]:
        """What EKS takes."""
        for name in ("max_unhealthy_nodes", "max_parallel_nodes"):
            count = getattr(self, name)
            if count is not None and count < 1:
                yield Problem(name, f"must be at least 1, got {count}")
        seen: set[tuple[NodeCondition, str]] = set()
        for index, override in enumerate(self.overrides):
            key = (override.condition, override.reason)
            if key in seen:
                yield Problem(
                    f"overrides[{index}]", f"must differ from the others, got {key[0].value} {key[1]!r} twice"
                )
            seen.add(key)
