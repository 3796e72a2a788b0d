"""Whether the stack's pools could hold its servers at their maximum, and its jobs beside them."""

import pulumi

from gpuplane.sizing.peak import Claim, shortfalls
from gpuplane.stackconfig import StackConfig
from pools import PoolComponents


def warn_of_peaks(config: StackConfig, pools: PoolComponents) -> None:
    """Warns of each pool that cannot. Servers that peak at different times may well share one, so it is no error.

    Args:
        config: The stack's config.
        pools: Its pools.
    """
    claims = [
        Claim(server.name, server.config.gpu.pool, server.config.scaling.max_replicas, server.config.gpu.count)
        for server in config.servers
        if server.config.gpu and server.config.gpu.pool is not None
    ]
    claims += [
        Claim(name, job.gpu.pool, 1, job.gpu.count)
        for name, job in config.jobs.items()
        if job.gpu and job.gpu.pool is not None
    ]
    gpus = {name: config.devices.facts(pool.facts).max_gpus for name, pool in pools.items()}
    for line in shortfalls(claims, gpus):
        pulumi.log.warn(f"at their maximum not all replicas would be scheduled: {line}")
