"""Whether what a tenant runs fits its quota: every server at its largest and in a rollout, and its jobs beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from gpuplane.kubernetes import quantity
from gpuplane.sizing.fit import Resources, requests


class Kind(str, Enum):
    """Whose a demand is, in the words of messages."""

    SERVER = "its servers at their most"
    JOB = "its jobs at once"
    QUEUED_JOB = "its largest job of a queue"


@dataclass(frozen=True)
class Demand:
    """What one thing of a tenant asks of its quota.

    Attributes:
        name: What it is called in messages, such as `resnet50`.
        each: What one of it takes, by the quota's own keys, such as `requests.cpu`.
        count: The most of it at once, but for a rollout's.
        surge: How many more a rollout starts before it ends old ones.
        kind: Whose it is. Of jobs that wait in a queue only the largest counts: one goes after the other.
    """

    name: str
    each: Resources
    count: int = 1
    surge: int = 0
    kind: Kind = Kind.SERVER

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
            f"must hold {self._what()}, got {self._text(self.hard)}, "
            f"they ask for {self._text(self.asked)}: {terms}, fix: {' or '.join(self._fixes())}"
        )

    def _what(self) -> str:
        present = {demand.kind for demand in self.demands}
        return " and ".join(kind.value for kind in Kind if kind in present)

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


def pods(name: str, pod_spec: Mapping[str, Any], count: int, surge: int = 0, kind: Kind = Kind.SERVER) -> Demand:
    """What so many pods of one spec ask of a quota: their requests, and their number."""
    wanted = requests(pod_spec)
    each = {f"requests.{resource}": amount for resource, amount in wanted.items() if resource != "pods"}
    return Demand(name, {**each, "pods": Decimal(1)}, count, surge, kind)


def claim(name: str, size: str, kind: Kind = Kind.SERVER) -> Demand:
    """What a volume claim asks of a quota."""
    each = {"persistentvolumeclaims": Decimal(1), "requests.storage": quantity.parse(size)}
    return Demand(name, each, kind=kind)


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
        taking = _at_once(key, demands)
        asked = sum((demand.of(key) for demand in taking), Decimal(0))
        if asked > quantity.parse(text):
            found.append(Excess(key, quantity.parse(text), asked, taking))
    return found


def _at_once(key: str, demands: Sequence[Demand]) -> tuple[Demand, ...]:
    """Those that take of a key at the same time."""
    taking = [demand for demand in demands if demand.of(key)]
    queued = [demand for demand in taking if demand.kind is Kind.QUEUED_JOB]
    largest = max(queued, key=lambda demand: demand.of(key), default=None)
    return tuple(demand for demand in taking if demand.kind is not Kind.QUEUED_JOB or demand is largest)
