"""The advertiser of a node's GPUs: with two of them, the kubelet allocates the same GPU twice, or none."""

from collections.abc import Iterable, Sequence

from gpuplane.arguments.errors import Problem
from gpuplane.nodepools.facts import PoolFacts

NVIDIA = "nvidia-device-plugin"
"""The advertiser of pools whose nodes have none of the platform's: NVIDIA's device plugin has to be installed.
The others are the platform's own, `gke` and `bottlerocket`."""


def advertised_already(pools: Sequence[PoolFacts]) -> Iterable[Problem]:
    """Yield the pools of which NVIDIA's plugin would be the second advertiser."""
    for index, pool in enumerate(pools):
        if pool.advertiser != NVIDIA:
            yield Problem(
                f"pools[{index}]",
                f"pool {pool.name!r} has its GPUs advertised by {pool.advertiser!r} already, "
                f"allowed: one advertiser a node, fix: {_FIXES.get(pool.advertiser, '')}leave the pool out",
            )


_FIXES = {
    "gke": "set the pool's driver to 'disabled' and install a driver, or ",
    "bottlerocket": "set the pool's os to 'al2023', or ",
}
