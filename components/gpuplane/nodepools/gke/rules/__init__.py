"""Rules of GKE for a pool's arguments, checked before an `up` instead of minutes into it."""

from collections.abc import Iterator

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.paths import within
from gpuplane.hardware import Machine
from gpuplane.nodepools.gke.fields import GkeGpuPoolFields
from gpuplane.nodepools.gke.machine import equipped
from gpuplane.nodepools.gke.rules import hardware, metadata, provisioning, size

PARTS = ("reservation", "sharing", "network", "local_ssd", "drain", "kubelet")


def problems(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Find everything that is wrong with a pool."""
    for part in PARTS:
        value = getattr(pool, part)
        if value is not None:
            yield from within(part, value.problems())
    if pool.upgrade:
        yield from within("upgrade", pool.upgrade.problems())
        for kind in ("surge", "blue_green"):
            policy = getattr(pool.upgrade, kind)
            if policy is not None:
                yield from within(f"upgrade.{kind}", policy.problems())
    for rule in (*size.RULES, *provisioning.RULES, *metadata.RULES):
        yield from rule(pool)
    found = equipped(pool)
    if isinstance(found, Machine):
        for rule in hardware.RULES:
            yield from rule(pool, found)
    else:
        yield found
