"""Total nodes, GPUs and quotas of a stack, from minimum to maximum scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gpuplane.diffing.snapshot import ResourceState, Snapshot
from gpuplane.kubernetes import quantity
from gpuplane.plain.nested import field
from gpuplane.policy.subjects.subject import Subject
from gpuplane.policy.subjects.workloads import replicas, workloads
from gpuplane.program.project import config_catalogue
from gpuplane.simulation.nodes.pool_resources import EKS_NODE_GROUP, POOL_TYPES, pool_nodes
from gpuplane.sizing.fit import requests

_LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


@dataclass(frozen=True)
class Range:
    """A number at minimum and at maximum scale."""

    minimum: int
    maximum: int

    def __str__(self) -> str:
        return str(self.minimum) if self.minimum == self.maximum else f"{self.minimum} to {self.maximum}"

    def __add__(self, other: "Range") -> "Range":
        return Range(self.minimum + other.minimum, self.maximum + other.maximum)

    def times(self, number: int) -> "Range":
        """Return the range multiplied by a number."""
        return Range(self.minimum * number, self.maximum * number)


NONE = Range(0, 0)


@dataclass(frozen=True)
class StackTotals:
    """The resources a stack provides and requests.

    Attributes:
        nodes: Nodes by pool, with the machine type.
        gpus: GPUs of all pools.
        requested: GPUs that the workloads request.
        quotas: Hard limits by namespace and resource.
        unknown: Pools whose machine type is unknown.
    """

    nodes: Mapping[str, str]
    gpus: Range
    requested: Range
    quotas: Mapping[str, str]
    unknown: tuple[str, ...] = ()

    def rows(self) -> dict[str, str]:
        """Return each total by its name in the report."""
        return {
            **{f"nodes of {pool}": text for pool, text in self.nodes.items()},
            "GPUs of all pools": str(self.gpus),
            "GPUs requested": str(self.requested),
            **{f"quota {name}": hard for name, hard in self.quotas.items()},
        }

    @property
    def warning(self) -> str:
        """A warning that workloads request more GPUs than the pools have, or an empty text."""
        if self.unknown or self.requested.maximum <= self.gpus.maximum or not self.gpus.maximum:
            return ""
        return (
            f"at maximum scale the workloads request {self.requested.maximum} GPUs, the pools have {self.gpus.maximum}"
        )


def stack_totals(snapshot: Snapshot) -> StackTotals:
    """Compute the totals of a stack from its resources."""
    nodes: dict[str, str] = {}
    unknown: list[str] = []
    gpus = NONE
    catalogue = config_catalogue(snapshot.project, snapshot.config)
    for made in snapshot.resources.values():
        subject = made.subject
        if subject.type not in POOL_TYPES:
            continue
        try:
            pool = pool_nodes(subject.type, subject.name, subject.body, _template(snapshot, made), catalogue)
        except (ValueError, KeyError, TypeError):
            # A machine type outside the catalogue, or inputs that are known only after `pulumi up`.
            unknown.append(subject.name)
            nodes[subject.name] = "unknown"
            continue
        if pool.maximum:
            count = Range(pool.minimum, pool.maximum)
            machine = pool.make(0)["metadata"]["labels"]["node.kubernetes.io/instance-type"]
            nodes[subject.name] = f"{count} x {machine}"
            gpus += count.times(pool.gpus)
    return StackTotals(
        dict(sorted(nodes.items())), gpus, _requested(snapshot.subjects), _quotas(snapshot), tuple(unknown)
    )


def _template(snapshot: Snapshot, made: ResourceState) -> Mapping[str, Any] | None:
    """Return the inputs of the node group's launch template."""
    if made.subject.type != EKS_NODE_GROUP:
        return None
    wanted = field(made.subject.body, "launchTemplate.id")
    templates = [one for one in snapshot.resources.values() if one.subject.type == _LAUNCH_TEMPLATE]
    return next((one.subject.body for one in templates if one.id == wanted), None)


def _requested(subjects: list[Subject]) -> Range:
    everything = tuple(subjects)
    total = NONE
    for workload in workloads(everything):
        each = _gpus(workload)
        if each:
            total += Range(*replicas(everything, workload)).times(each)
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
