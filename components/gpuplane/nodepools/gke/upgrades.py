"""How GKE upgrades the nodes of a pool, and how it drains them."""

from collections.abc import Iterable
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem

MOST_AT_ONCE = 20
MOST_SOAK_SECONDS = 7 * 24 * 3600


class GkeSurge(Args):
    """Node by node. By default one is taken away before its successor is asked for, since spare GPUs are scarce."""

    max_surge: int = 0
    """How many nodes may be added at a time; each needs GPUs beyond the pool's, and costs as much as it runs."""

    max_unavailable: int = 1
    """How many nodes may be missing at a time."""

    def own_problems(self) -> Iterable[Problem]:
        """From one node at a time to GKE's most."""
        together = self.max_surge + self.max_unavailable
        if self.max_surge < 0 or self.max_unavailable < 0 or not 1 <= together <= MOST_AT_ONCE:
            yield Problem(
                "",
                f"must have max_surge and max_unavailable of at least 0, 1 to {MOST_AT_ONCE} together, "
                f"got {self.max_surge} and {self.max_unavailable}",
            )


class GkeBlueGreen(Args):
    """All nodes anew beside the old ones, which are then drained: it takes twice the GPUs, and their price, until the
    old ones are gone.

    Source: https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies#blue-green-upgrade
    """

    batch_nodes: int | None = None
    """How many old nodes are drained at a time. By default one."""

    batch_percent: int | None = None
    """Instead of `batch_nodes`, the percentage of them."""

    batch_soak_seconds: int = 0
    """How long to wait after each batch."""

    pool_soak_seconds: int = 3600
    """How long the drained old nodes stay, to go back to."""

    def own_problems(self) -> Iterable[Problem]:
        """One measure of a batch, and times that GKE takes."""
        if self.batch_nodes is not None and self.batch_percent is not None:
            yield Problem(
                "batch_percent", f"must be left out with batch_nodes, got {self.batch_percent}, fix: one of the two"
            )
        if self.batch_nodes is not None and self.batch_nodes < 1:
            yield Problem("batch_nodes", f"must be at least 1, got {self.batch_nodes}")
        if self.batch_percent is not None and not 1 <= self.batch_percent <= 100:
            yield Problem("batch_percent", f"must be from 1 to 100, got {self.batch_percent}")
        for key in ("batch_soak_seconds", "pool_soak_seconds"):
            if not 0 <= getattr(self, key) <= MOST_SOAK_SECONDS:
                yield Problem(key, f"must be from 0 to {MOST_SOAK_SECONDS}, got {getattr(self, key)}")


class GkeUpgrade(Args):
    """How nodes are upgraded: one of the two."""

    surge: GkeSurge | None = None
    """Node by node."""

    blue_green: GkeBlueGreen | None = None
    """All of them beside the old ones."""

    def own_problems(self) -> Iterable[Problem]:
        """One of the two, free of problems."""
        if (self.surge is None) == (self.blue_green is None):
            yield Problem("", f"must be surge or blue_green, got {'both' if self.surge else 'neither'}")


class GkeDrain(Args):
    """How nodes are emptied before they go.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/node-pool-upgrade-strategies
    """

    respect_pdb_on_deletion: bool = True
    """Whether the disruption budgets of pods hold when the pool is deleted, as they do in an upgrade: so a pool that is
    replaced empties server by server."""

    pdb_timeout_seconds: int | None = None
    """How long a budget may hold up the drain of a node. By default GKE's hour."""

    grace_seconds: int | None = None
    """The longest time a pod is given to end. By default GKE's hour."""

    def own_problems(self) -> Iterable[Problem]:
        """Times that can be."""
        for key in ("pdb_timeout_seconds", "grace_seconds"):
            if getattr(self, key) is not None and getattr(self, key) < 0:
                yield Problem(key, f"must be at least 0, got {getattr(self, key)}")


def upgrade_inputs(upgrade: GkeUpgrade | None) -> dict[str, Any]:
    """The pool's upgrade settings."""
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
    """The pool's drain settings."""
    times = {
        "pdbTimeoutDuration": drain.pdb_timeout_seconds,
        "graceTerminationDuration": drain.grace_seconds,
    }
    return {
        "respectPdbDuringNodePoolDeletion": drain.respect_pdb_on_deletion,
        **{key: f"{seconds}s" for key, seconds in times.items() if seconds is not None},
    }
