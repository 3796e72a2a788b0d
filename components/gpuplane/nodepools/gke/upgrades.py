"""How GKE upgrades the nodes of a pool, and how it drains them."""

from collections.abc import Iterable
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem

MOST_AT_ONCE = 20
MOST_SOAK_SECONDS = 7 * 24 * 3600


class GkeSurge(Args):
    """Node-by-node upgrades. By default a node is removed before its replacement is created: spare GPUs are scarce."""

    max_surge: int = 0
    """How many nodes may be added at a time; each needs GPUs beyond the pool's, and is billed while it runs."""

    max_unavailable: int = 1
    """How many nodes may be unavailable at a time."""

    def own_problems(self) -> Iterable[Problem]:
        """Require one node at a time or more, up to GKE's limit."""
        together = self.max_surge + self.max_unavailable
        if self.max_surge < 0 or self.max_unavailable < 0 or not 1 <= together <= MOST_AT_ONCE:
            yield Problem(
                "",
                f"must have max_surge and max_unavailable of at least 0, 1 to {MOST_AT_ONCE} together, "
                f"got {self.max_surge} and {self.max_unavailable}",
            )


class GkeBlueGreen(Args):
    """An upgrade of all nodes at once: new ones are created beside the old ones, which are then drained. It takes twice
    the GPUs, and their price, until the old nodes are deleted.

    Source: https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies#blue-green-upgrade
    """

    batch_nodes: int | None = None
    """How many old nodes are drained at a time. By default one."""

    batch_percent: int | None = None
    """Percentage of the old nodes to drain at a time, instead of `batch_nodes`."""

    batch_soak_seconds: int = 0
    """Seconds to wait after each batch."""

    pool_soak_seconds: int = 3600
    """Seconds to keep the drained old nodes, for a rollback."""

    def own_problems(self) -> Iterable[Problem]:
        """Require one batch size at most, and durations that GKE allows."""
        if self.batch_nodes is not None and self.batch_percent is not None:
            yield Problem(
                "batch_percent", f"must be left out with batch_nodes, got {self.batch_percent}, fix: set one of the two"
            )
        if self.batch_nodes is not None and self.batch_nodes < 1:
            yield Problem("batch_nodes", f"must be at least 1, got {self.batch_nodes}")
        if self.batch_percent is not None and not 1 <= self.batch_percent <= 100:
            yield Problem("batch_percent", f"must be from 1 to 100, got {self.batch_percent}")
        for key in ("batch_soak_seconds", "pool_soak_seconds"):
            if not 0 <= getattr(self, key) <= MOST_SOAK_SECONDS:
                yield Problem(key, f"must be from 0 to {MOST_SOAK_SECONDS}, got {getattr(self, key)}")


class GkeUpgrade(Args):
    """How nodes are upgraded: either `surge` or `blue_green`."""

    surge: GkeSurge | None = None
    """Node by node."""

    blue_green: GkeBlueGreen | None = None
    """All at once, beside the old nodes."""

    def own_problems(self) -> Iterable[Problem]:
        """Require exactly one of the two."""
        if (self.surge is None) == (self.blue_green is None):
            yield Problem("", f"must be surge or blue_green, got {'both' if self.surge else 'neither'}")


class GkeDrain(Args):
    """How nodes are drained before they are deleted.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/node-pool-upgrade-strategies
    """

    respect_pdb_on_deletion: bool = True
    """Whether disruption budgets are respected when the pool is deleted, as they are in an upgrade, so that a replaced
    pool is drained server by server."""

    pdb_timeout_seconds: int | None = None
    """How many seconds a disruption budget may block the drain of a node. By default GKE's limit of one hour."""

    grace_seconds: int | None = None
    """Maximum termination grace period of a pod in seconds. By default GKE's limit of one hour."""

    def own_problems(self) -> Iterable[Problem]:
        """Require durations that are not negative."""
        for key in ("pdb_timeout_seconds", "grace_seconds"):
            if getattr(self, key) is not None and getattr(self, key) < 0:
                yield Problem(key, f"must be at least 0, got {getattr(self, key)}")


def upgrade_inputs(upgrade: GkeUpgrade | None) -> dict[str, Any]:
    """Return the pool's upgrade settings."""
    blue_green = upgrade.blue_green if upgrade else None
    if blue_green is None:
        surge = (upgrade.surge if upgrade else None) or GkeSurge()
        return {"strategy": "SURGE", "maxSurge": surge.max_surge, "maxUnavailable": surge.max_unavailable}
    batch = (
        {"batchPercentage": blue_green.batch_percent / 100}
        if blue_green.batch_percent is not None
        else {"batchNodeCount": blue_green.batch_nodes or 1}
    )
    return {
        "strategy": "BLUE_GREEN",
        "blueGreenSettings": {
            "nodePoolSoakDuration": f"{blue_green.pool_soak_seconds}s",
            "standardRolloutPolicy": {**batch, "batchSoakDuration": f"{blue_green.batch_soak_seconds}s"},
        },
    }


def drain_inputs(drain: GkeDrain) -> dict[str, Any]:
    """Return the pool's drain settings."""
    times = {
        "pdbTimeoutDuration": drain.pdb_timeout_seconds,
        "graceTerminationDuration": drain.grace_seconds,
    }
    return {
        "respectPdbDuringNodePoolDeletion": drain.respect_pdb_on_deletion,
        **{key: f"{seconds}s" for key, seconds in times.items() if seconds is not None},
    }
