"""Whether a tenant's workloads fit its quota: its servers at max replicas during a rollout, and its jobs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from gpuplane.kubernetes import quantity
from gpuplane.sizing.fit import Resources, requests


class Kind(str, Enum):
    """The kind of workload that a demand comes from, as messages name it."""

    SERVER = "its servers at max replicas"
    JOB = "its jobs"
    QUEUED_JOB = "its largest queued job"


@dataclass(frozen=True)
class Demand:
    """The resources that one workload of a tenant takes of its quota.

    Attributes:
        name: Its name in messages, such as `resnet50`.
        each: What one replica takes, by quota key, such as `requests.cpu`.
        count: The most replicas, without a rollout's surge.
        surge: Replicas that a rollout starts before it ends old ones.
        kind: The kind of workload. Of queued jobs only the largest counts: they run one after the other.
    """

    name: str
    each: Resources
    count: int = 1
    surge: int = 0
    kind: Kind = Kind.SERVER

    def of(self, key: str) -> Decimal:
        """Return what all replicas together take of one key."""
        return self.each.get(key, Decimal(0)) * (self.count + self.surge)


@dataclass(frozen=True)
class Excess:
    """A key of the quota that is too small.

    Attributes:
        key: The key, such as `requests.cpu`.
        hard: Its limit.
        asked: What the demands need together.
        demands: The demands that take of it.
    """

    key: str
    hard: Decimal
    asked: Decimal
    demands: tuple[Demand, ...]

    @property
    def message(self) -> str:
        """The limit, what needs more, and what would fit, in one line."""
        terms = ", ".join(self._term(demand) for demand in self.demands)
        return (
            f"too small, got {self._text(self.hard)}, {self._who()} {self._text(self.asked)}: {terms}, "
            f"fix: {' or '.join(self._fixes())}"
        )

    def _who(self) -> str:
        present = {demand.kind for demand in self.demands}
        verb = "needs" if present == {Kind.QUEUED_JOB} else "need"
        return f"{' and '.join(kind.value for kind in Kind if kind in present)} {verb}"

    def _term(self, demand: Demand) -> str:
        each = self._text(demand.each[self.key])
        if demand.count + demand.surge == 1:
            return f"{demand.name} {each}"
        count = f"({demand.count} + {demand.surge} in a rollout)" if demand.surge else f"{demand.count}"
        return f"{demand.name} {count} x {each}"

    def _fixes(self) -> Iterable[str]:
        yield f"at least {self._text(self.asked)}"
        if len(self.demands) == 1 and self.demands[0].count > 1:
            (demand,) = self.demands
            fitting = int(self.hard / demand.each[self.key]) - demand.surge
            if fitting >= 1:
                yield f"scaling.max_replicas of {demand.name} at most {fitting}"

    def _text(self, amount: Decimal) -> str:
        return quantity.of_resource(self.key, amount)


def pods(name: str, pod_spec: Mapping[str, Any], count: int, surge: int = 0, kind: Kind = Kind.SERVER) -> Demand:
    """Return what replicas of a pod take of a quota: their requests and their number."""
    wanted = requests(pod_spec)
    each = {f"requests.{resource}": amount for resource, amount in wanted.items() if resource != "pods"}
    return Demand(name, {**each, "pods": Decimal(1)}, count, surge, kind)


def claim(name: str, size: str, kind: Kind = Kind.SERVER) -> Demand:
    """Return what a volume claim takes of a quota."""
    each = {"persistentvolumeclaims": Decimal(1), "requests.storage": quantity.parse(size)}
    return Demand(name, each, kind=kind)


def excesses(hard: Mapping[str, str], demands: Sequence[Demand]) -> list[Excess]:
    """Return the keys that are too small, in the quota's order.

    Example:
        >>> server = Demand("resnet50", {"requests.cpu": Decimal(4)}, count=10)
        >>> [found.message for found in excesses({"requests.cpu": "32"}, [server])]
        ['too small, got 32, its servers at max replicas need 40: resnet50 10 x 4, \
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
    """Return the demands that take of a key at the same time."""
    taking = [demand for demand in demands if demand.of(key)]
    queued = [demand for demand in taking if demand.kind is Kind.QUEUED_JOB]
    largest = max(queued, key=lambda demand: demand.of(key), default=None)
    return tuple(demand for demand in taking if demand.kind is not Kind.QUEUED_JOB or demand is largest)
