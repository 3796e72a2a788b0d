"""Whether pools can hold all replicas of their servers, and their jobs."""

from collections.abc import Iterator

from gpuplane.sizing.peak import Claim, shortfalls
from gpuplane.stackconfig.rules.servers import Stack


def peak_shortfalls(stack: Stack) -> Iterator[str]:
    """Yield a line for each pool that cannot hold its servers at max replicas and its jobs at once.

    Servers that peak at different times may share a pool, so this is a warning and no problem.
    """
    claims = [
        Claim(name, model.gpu.pool, model.scaling.max_replicas, model.gpu.count)
        for name, model in stack.models.items()
        if model.gpu and model.gpu.pool is not None
    ]
    claims += [
        Claim(name, job.gpu.pool, 1, job.gpu.count)
        for name, job in stack.jobs.items()
        if job.gpu and job.gpu.pool is not None
    ]
    yield from shortfalls(claims, {name: pool.max_gpus for name, pool in stack.pools.items()})
