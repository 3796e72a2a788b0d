"""GPUs of a pool with every autoscaler at its maximum."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """The most GPUs that one server can request from a pool.

    Attributes:
        server: Its name.
        pool: Name of the pool.
        replicas: Its maximum replicas.
        gpus_each: GPUs of one replica.
    """

    server: str
    pool: str
    replicas: int
    gpus_each: int

    @property
    def gpus(self) -> int:
        """GPUs of all its replicas."""
        return self.replicas * self.gpus_each


def shortfalls(claims: Iterable[Claim], max_gpus: Mapping[str, int]) -> Iterator[str]:
    """Yield a line for each pool that is too small for its servers at max replicas.

    Args:
        claims: Requests of each server.
        max_gpus: Maximum GPUs of each pool.

    Example:
        >>> list(shortfalls([Claim("bert", "t4", 10, 1)], {"t4": 8}))
        ['pool t4 has at most 8 GPUs, its servers and jobs may ask for 10: bert 10 x 1']
    """
    by_pool: dict[str, list[Claim]] = {}
    for claim in claims:
        by_pool.setdefault(claim.pool, []).append(claim)
    for pool, asked in sorted(by_pool.items()):
        total = sum(claim.gpus for claim in asked)
        if pool in max_gpus and total > max_gpus[pool]:
            each = ", ".join(f"{one.server} {one.replicas} x {one.gpus_each}" for one in asked)
            yield f"pool {pool} has at most {max_gpus[pool]} GPUs, its servers and jobs may ask for {total}: {each}"
