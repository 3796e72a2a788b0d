"""Nodes, GPUs and quotas of a stack, at its minimum and at its maximum."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gpuplane.diffing.snapshot import Made, Snapshot
from gpuplane.kubernetes import quantity
from gpuplane.plain.nested import field
from gpuplane.policy.subjects.replicas import replicas, workloads
from gpuplane.policy.subjects.subjects import Subject
from gpuplane.simulation.nodes.pool_resources import EKS_NODE_GROUP, POOL_TYPES, pool_nodes
from gpuplane.sizing.fit import requests

_LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


@dataclass(frozen=True)
class Amount:
    """A number at the minimum and at the maximum."""

    minimum: int
    maximum: int

    def __str__(self) -> str:
        return str(self.minimum) if self.minimum == self.maximum else f"{self.minimum} to {self.maximum}"

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.minimum + other.minimum, self.maximum + other.maximum)

    def times(self, number: int) -> "Amount":
        """So many of it."""
        return Amount(self.minimum * number, self.maximum * number)


NONE = Amount(0, 0)


@dataclass(frozen=True)
class Capacity:
    """What a stack has, and what it asks for.

    Attributes:
        nodes: Nodes by pool, with the machine type.
        gpus: GPUs that the pools have.
        asked: GPUs that the workloads ask for.
        quotas: Hard limits by namespace and resource.
        unknown: Pools whose machines nobody knows.
    """

    nodes: Mapping[str, str]
    gpus: Amount
    asked: Amount
    quotas: Mapping[str, str]
    unknown: tuple[str, ...] = ()

    def rows(self) -> dict[str, str]:
        """As a report has it: a name and a text each."""
        return {
            **{f"nodes of {pool}": text for pool, text in self.nodes.items()},
            "GPUs of all pools": str(self.gpus),
            "GPUs asked for": str(self.asked),
            **{f"quota {name}": hard for name, hard in self.quotas.items()},
        }

    @property
    def warning(self) -> str:
        """Where more is asked for than there is; empty where it is enough."""
        if self.unknown or self.asked.maximum <= self.gpus.maximum or not self.gpus.maximum:
            return ""
        return f"at the maximum {self.asked.maximum} GPUs are asked for and the pools have {self.gpus.maximum}"


def capacity(snapshot: Snapshot) -> Capacity:
    """The capacity of a stack, from its resources alone."""
    nodes: dict[str, str] = {}
    unknown: list[str] = []
    gpus = NONE
    for made in snapshot.objects.values():
        subject = made.subject
        if subject.type not in POOL_TYPES:
            continue
        try:
            pool = pool_nodes(subject.type, subject.name, subject.body, _template(snapshot, made))
        except (ValueError, KeyError, TypeError):
            # A machine that the catalogue does not know, or inputs that are known only after `up`.
            unknown.append(subject.name)
            nodes[subject.name] = "not known"
            continue
        if pool.maximum:
            count = Amount(pool.minimum, pool.maximum)
            machine = pool.make(0)["metadata"]["labels"]["node.kubernetes.io/instance-type"]
            nodes[subject.name] = f"{count} x {machine}"
            gpus += count.times(pool.gpus)
    return Capacity(dict(sorted(nodes.items())), gpus, _asked(snapshot.subjects), _quotas(snapshot), tuple(unknown))


def _template(snapshot: Snapshot, made: Made) -> Mapping[str, Any] | None:
    """The inputs of the launch template that a node group names."""
    if made.subject.type != EKS_NODE_GROUP:
        return None
    wanted = field(made.subject.body, "launchTemplate.id")
    templates = [one for one in snapshot.objects.values() if one.subject.type == _LAUNCH_TEMPLATE]
    return next((one.subject.body for one in templates if one.id == wanted), None)


def _asked(subjects: list[Subject]) -> Amount:
    everything = tuple(subjects)
    total = NONE
    for workload in workloads(everything):
        each = _gpus(workload)
        if each:
            total += Amount(*replicas(everything, workload)).times(each)
    return total


def _gpus(workload: Subject) -> int:
    try:
        asked = requests(workload.pod or {})
    except (ValueError, KeyError):
        return 0
    return sum(int(amount) for name, amount in asked.items() if name.startswith("nvidia.com/"))


def _quotas(snapshot: Snapshot) -> dict[str, str]:
    return {
        f"{one.namespace} {resource}": _tidy(resource, hard)
        for one in sorted(snapshot.subjects, key=lambda one: one.label)
        if one.kind == "ResourceQuota"
        for resource, hard in sorted(field(one.body, "spec.hard", {}).items())
    }


def _tidy(resource: str, hard: Any) -> str:
    try:
        return quantity.of_resource(resource, quantity.parse(hard))
    except ValueError:
        return str(hard)
