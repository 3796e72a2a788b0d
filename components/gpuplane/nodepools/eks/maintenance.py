"""Update and repair of the nodes of an EKS node group."""

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
    """By default EKS deletes an old node before it requests the new one, since GPUs are scarce. `default`, EKS' own
    default, starts new nodes first: faster, but it needs and costs that many more GPUs."""

    max_unavailable: int = 1
    """Most nodes that are replaced at once. Default: 1."""

    def own_problems(self) -> Iterable[Problem]:
        """Check the count."""
        if not 1 <= self.max_unavailable <= MAX_UNAVAILABLE:
            yield Problem("max_unavailable", f"must be from 1 to {MAX_UNAVAILABLE}, got {self.max_unavailable}")


class NodeCondition(str, Enum):
    """The node conditions that EKS' node monitoring agent reports."""

    ACCELERATED_HARDWARE = "AcceleratedHardwareReady"
    CONTAINER_RUNTIME = "ContainerRuntimeReady"
    KERNEL = "KernelReady"
    NETWORKING = "NetworkingReady"
    STORAGE = "StorageReady"


class RepairAction(str, Enum):
    """What EKS does to an unhealthy node."""

    REPLACE = "Replace"
    REBOOT = "Reboot"
    NO_ACTION = "NoAction"


class RepairOverride(Args):
    """An action and a waiting time other than EKS' own, for one condition and reason."""

    condition: NodeCondition
    """The node condition."""

    reason: str
    """The condition's reason, such as `NvidiaXID64Error`."""

    wait_minutes: int
    """Minutes for which the node has to be unhealthy before EKS acts."""

    action: RepairAction
    """The repair action."""

    def own_problems(self) -> Iterable[Problem]:
        """Check the reason and the waiting time."""
        if not self.reason:
            yield Problem("reason", "must name a reason, got ''")
        if self.wait_minutes < 1:
            yield Problem("wait_minutes", f"must be at least 1, got {self.wait_minutes}")


class NodeRepair(Args):
    """How unhealthy nodes are repaired.

    GPU failures count only where the add-on `eks-node-monitoring-agent` runs, which detects them.
    Source: https://docs.aws.amazon.com/eks/latest/userguide/node-health.html
    """

    enabled: bool = True
    """Whether EKS repairs nodes. By default it does."""

    max_unhealthy_nodes: int | None = None
    """Number of unhealthy nodes above which EKS stops repairs. By default EKS' own."""

    max_parallel_nodes: int | None = None
    """Most nodes that are repaired at once. By default EKS' own."""

    overrides: list[RepairOverride] = []
    """Repair actions other than EKS' own, by condition and reason."""

    def own_problems(self) -> Iterable[Problem]:
        """Check the counts, and that each condition and reason is overridden once."""
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
