"""Whether what a tenant runs fits its quota when every server is at its largest and one after another is updated."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gpuplane import quantity
from gpuplane.capacity.fit import Resources, requests


@dataclass(frozen=True)
class Demand:
    """What one thing of a tenant asks of its quota.

    Attributes:
        name: What it is called in messages, such as `resnet50`.
        each: What one of it takes, by the quota's own keys, such as `requests.cpu`.
        count: The most of it at once, but for a rollout's.
        surge: How many more a rollout starts before it ends old ones.
    """

    name: str
    each: Resources
    count: int = 1
    surge: int = 0

    def of(self, key: str) -> Decimal:
        """What all of it together takes of one key."""
        return self.each.get(key, Decimal(0)) * (self.count + self.surge)


@dataclass(frozen=True)
class Excess:
    """A key of the quota that is asked for more than it allows.

    Attributes:
        key: The key, such as `requests.cpu`.
        hard: What the quota allows.
        asked: What all demands together take.
        demands: Those that take of it.
    """

    key: str
    hard: Decimal
    asked: Decimal
    demands: tuple[Demand, ...]

    @property
    def message(self) -> str:
        """What is asked for, by whom, and what would fit, in one line."""
        terms = ", ".join(self._term(demand) for demand in self.demands)
        return (
            f"must hold its servers at their most, got {self._text(self.hard)}, "
            f"they ask for {self._text(self.asked)}: {terms}, fix: {' or '.join(self._fixes())}"
        )

    def _term(self, demand: Demand) -> str:
        each = self._text(demand.each[self.key])
        surge = f" and {demand.surge} of a rollout" if demand.surge else ""
        if demand.count + demand.surge == 1:
            return f"{demand.name} {each}"
        return f"{demand.name} {demand.count}{surge} x {each}"

    def _fixes(self) -> Iterable[str]:
        yield f"at least {self._text(self.asked)}"
        if len(self.demands) == 1 and self.demands[0].count > 1:
            (demand,) = self.demands
            fitting = int(self.hard / demand.each[self.key]) - demand.surge
            if fitting >= 1:
                yield f"scaling.max_replicas of {demand.name} at most {fitting}"

    def _text(self, amount: Decimal) -> str:
        if self.key == "requests.cpu":
            return quantity.cpu(amount)
        if self.key in ("requests.memory", "requests.storage"):
            return quantity.memory(amount)
        return str(int(amount))


def pods(name: str, pod_spec: Mapping[str, Any], count: int, surge: int = 0) -> Demand:
    """What so many pods of one spec ask of a quota: their requests, and their number."""
    wanted = requests(pod_spec)
    each = {f"requests.{resource}": amount for resource, amount in wanted.items() if resource != "pods"}
    return Demand(name, {**each, "pods": Decimal(1)}, count, surge)


def claim(name: str, size: str) -> Demand:
    """What a volume claim asks of a quota."""
    return Demand(name, {"persistentvolumeclaims": Decimal(1), "requests.storage": quantity.parse(size)})


def excesses(hard: Mapping[str, str], demands: Sequence[Demand]) -> list[Excess]:
    """What does not fit, in the quota's order of keys.

    Example:
        >>> server = Demand("resnet50", {"requests.cpu": Decimal(4)}, count=10)
        >>> [found.message for found in excesses({"requests.cpu": "32"}, [server])]
        ['must hold its servers at their most, got 32, they ask for 40: resnet50 10 x 4, \
fix: at least 40 or scaling.max_replicas of resnet50 at most 8']
    """
    found: list[Excess] = []
    for key, text in hard.items():
        taking = tuple(demand for demand in demands if demand.of(key))
        asked = sum((demand.of(key) for demand in taking), Decimal(0))
        if asked > quantity.parse(text):
            found.append(Excess(key, quantity.parse(text), asked, taking))
    return found
