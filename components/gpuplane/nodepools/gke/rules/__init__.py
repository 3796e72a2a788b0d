"""What GKE refuses of a pool's arguments minutes into an `up`: here at once, with the fix."""

from collections.abc import Iterator

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.paths import within
from gpuplane.hardware import Machine
from gpuplane.nodepools.gke.fields import GkeGpuPoolFields
from gpuplane.nodepools.gke.machine import equipped
from gpuplane.nodepools.gke.rules import hardware, size
from gpuplane.nodepools.gke.rules import metadata as marks
from gpuplane.nodepools.gke.rules import provisioning as bought

PARTS = ("reservation", "sharing", "network", "local_ssd", "drain", "kubelet")


def problems(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """All that is wrong with a pool, wherever it is made."""
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
    for rule in (*size.RULES, *bought.RULES, *marks.RULES):
        yield from rule(pool)
    found = equipped(pool)
    if isinstance(found, Machine):
        for rule in hardware.RULES:
            yield from rule(pool, found)
    else:
        yield found
