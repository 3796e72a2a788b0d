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
        zones: Zones of the nodes, used in turn: node 0 is in the first one, node 1 in the second.
        gpus: GPUs per node. If they are advertised at once, shares and MIG partitions each count; else these are whole
            GPUs, which a plugin's config may share.
        advertiser: The advertiser of GPUs: `gke` or `bottlerocket`, at once; `nvidia-device-plugin`, once its pod runs
            on the node; empty without GPUs or without a driver.
        make: Builds the node object with an index from 0; the same for the same index.
        zone_maximum: Highest number of nodes per zone; None without such a limit.
        autoscaler: Node autoscaler that must run in the cluster for more nodes than the minimum; empty if the cloud
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
