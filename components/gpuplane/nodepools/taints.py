"""The taints of GPU node pools: the GPU taint that all of them have, and additional ones."""

from collections.abc import Iterable, Sequence

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.paths import within
from gpuplane.kubernetes.names import key_problems, value_problems
from gpuplane.kubernetes.taints import TaintEffect
from gpuplane.nodepools.facts import GPU_TAINT_KEY, GPU_TAINT_VALUE

_CLOUD_EFFECTS = {
    TaintEffect.NO_SCHEDULE: "NO_SCHEDULE",
    TaintEffect.PREFER_NO_SCHEDULE: "PREFER_NO_SCHEDULE",
    TaintEffect.NO_EXECUTE: "NO_EXECUTE",
}


class NodeTaint(Args):
    """A taint in addition to the GPU taint; pods have to tolerate both."""

    key: str
    """Key of the taint."""

    value: str = ""
    """Value of the taint."""

    effect: TaintEffect = TaintEffect.NO_SCHEDULE
    """Effect on pods that do not tolerate it."""

    @property
    def plain(self) -> dict[str, str]:
        """The taint as Kubernetes writes it."""
        return {"key": self.key, "value": self.value, "effect": self.effect.value}

    @property
    def for_cloud(self) -> dict[str, str]:
        """The taint as the APIs of GKE and EKS both write it."""
        return {**self.plain, "effect": _CLOUD_EFFECTS[self.effect]}

    def own_problems(self) -> Iterable[Problem]:
        """Require a key other than the GPU taint's, and the syntax of Kubernetes."""
        if self.key == GPU_TAINT_KEY:
            yield Problem("key", f"must not be {GPU_TAINT_KEY!r}, which every GPU pool has, fix: leave it out")
        yield from key_problems("key", self.key)
        yield from value_problems("value", self.value)


GPU_TAINT = NodeTaint(key=GPU_TAINT_KEY, value=GPU_TAINT_VALUE)
"""The taint that every GPU pool has."""


def taint_problems(taints: Sequence[NodeTaint]) -> Iterable[Problem]:
    """Find what is wrong with the taints of a pool, one by one and together.

    Example:
        >>> [str(problem) for problem in taint_problems([NodeTaint(key="team"), NodeTaint(key="team")])]
        ['taints[1]: duplicate, got team:NoSchedule, fix: remove it']
    """
    seen: set[tuple[str, TaintEffect]] = set()
    for index, taint in enumerate(taints):
        yield from within(f"taints[{index}]", taint.problems())
        if (taint.key, taint.effect) in seen:
            yield Problem(f"taints[{index}]", f"duplicate, got {taint.key}:{taint.effect.value}, fix: remove it")
        seen.add((taint.key, taint.effect))
