"""The nodes of a pool: how many, where, and how to build each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CLUSTER_AUTOSCALER = "cluster-autoscaler"
KARPENTER = "karpenter"


@dataclass(frozen=True)
class PoolNodes:
    """The nodes of one pool.

    Attributes:
        name: Physical name of the pool.
        minimum: Nodes it starts with, over all zones.
        maximum: Nodes it may grow to, over all zones.
        zones: Where they are; node 0 is in the first one, node 1 in the second, and so on round.
        gpus: GPUs that one node advertises once something does. Where it does so at once they are counted as pods ask
            for them: shared GPUs and MIG partitions each count. Else as whole GPUs: a plugin's config shares them.
        advertiser: Who advertises them: `gke` or `bottlerocket`, at once; `nvidia-device-plugin`, when its pod runs
            on the node; empty without GPUs, or where nothing can for want of a driver.
        make: The node object of an index from 0, the same each time it is called.
        zone_maximum: Nodes there may be in one zone, where zones have a limit of their own.
        autoscaler: Node autoscaler that must run in the cluster for more nodes than the minimum; empty where the cloud
            adds nodes by itself.
    """

    name: str
    minimum: int
    maximum: int
    zones: tuple[str, ...]
    gpus: int
    advertiser: str
    make: Callable[[int], dict[str, Any]]
    zone_maximum: int | None = None
    autoscaler: str = ""

    def nodes(self, count: int | None = None) -> list[dict[str, Any]]:
        """Return the first nodes; by default as many as the pool starts with."""
        return [self.make(index) for index in range(self.minimum if count is None else count)]
