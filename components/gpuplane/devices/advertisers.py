"""One advertiser a node: with two, the kubelet hands out the same GPU twice, or none."""

from collections.abc import Iterable, Sequence

from gpuplane.arguments.errors import Problem
from gpuplane.nodepools.facts import PoolFacts

NVIDIA = "nvidia-device-plugin"
"""The advertiser of pools whose nodes bring none: NVIDIA's device plugin has to be installed, alone or by its operator.
The others are the platform's own, `gke` and `bottlerocket`."""


def advertised_already(pools: Sequence[PoolFacts]) -> Iterable[Problem]:
    """The pools of which NVIDIA's plugin would be the second advertiser."""
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
