"""Whether a pod fits a node, by labels, taints and resources as the scheduler compares them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from gpuplane.kubernetes import quantity
from gpuplane.kubernetes.taints import allows
from gpuplane.plain.nested import field

Resources = dict[str, Decimal]
PodSpec = Mapping[str, Any]

_REQUIRED = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"


def requests(pod_spec: Mapping[str, Any]) -> Resources:
    """Return the requests of a pod: the sum of its containers, or its largest init container if that is more.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
    """
    total: Resources = {}
    for container in pod_spec["containers"]:
        for name, amount in _of(container).items():
            total[name] = total.get(name, Decimal(0)) + amount
    for container in field(pod_spec, "initContainers", []):
        for name, amount in _of(container).items():
            total[name] = max(total.get(name, Decimal(0)), amount)
    return {**total, "pods": Decimal(1)}


def allocatable(node: Mapping[str, Any]) -> Resources:
    """Return the allocatable resources of a node."""
    return {name: quantity.parse(value) for name, value in node["status"]["allocatable"].items()}


def less(free: Resources, taken: Resources) -> Resources:
    """Return the free resources that remain."""
    return {name: free.get(name, Decimal(0)) - taken.get(name, Decimal(0)) for name in {*free, *taken}}


def holds(free: Resources, wanted: Resources) -> bool:
    """Return whether the free resources cover the requests."""
    return all(free.get(name, Decimal(0)) >= amount for name, amount in wanted.items() if amount)


def admits(node: Mapping[str, Any], pod_spec: Mapping[str, Any]) -> bool:
    """Return whether the node's labels and taints allow the pod, whatever resources are free."""
    labels: Mapping[str, str] = field(node, "metadata.labels", {})
    wanted: Mapping[str, str] = field(pod_spec, "nodeSelector", {})
    terms: Sequence[Mapping[str, Any]] = field(pod_spec, f"{_REQUIRED}.nodeSelectorTerms", [])
    tolerations: Sequence[Mapping[str, Any]] = field(pod_spec, "tolerations", [])
    return (
        wanted.items() <= labels.items()
        and (not terms or any(_matches(field(term, "matchExpressions", []), labels) for term in terms))
        and all(allows(taint, tolerations) for taint in field(node, "spec.taints", []))
    )


def place(
    pending: Iterable[PodSpec], free: Sequence[Resources], node: Mapping[str, Any], room: int
) -> tuple[int, list[PodSpec]]:
    """Compute how many nodes a pool must add for pending pods, first come first served.

    Args:
        pending: Specs of the pending pods.
        free: Free resources of each node in the pool.
        node: A new node of the pool, with the GPUs that it will advertise.
        room: How many nodes the pool may add.

    Returns:
        The number of nodes to add, and the pods that still do not fit.
    """
    bins, added = list(free), 0
    left: list[PodSpec] = []
    for spec in pending:
        wanted = requests(spec)
        if not admits(node, spec) or not holds(allocatable(node), wanted):
            left.append(spec)
            continue
        spot = next((index for index, space in enumerate(bins) if holds(space, wanted)), None)
        if spot is None and added == room:
            left.append(spec)
            continue
        if spot is None:
            bins.append(allocatable(node))
            spot, added = len(bins) - 1, added + 1
        bins[spot] = less(bins[spot], wanted)
    return added, left


def _of(container: Mapping[str, Any]) -> Resources:
    asked: Mapping[str, Any] = field(container, "resources.requests", {})
    return {name: quantity.parse(value) for name, value in asked.items()}


def _matches(expressions: Sequence[Mapping[str, Any]], labels: Mapping[str, str]) -> bool:
    return all(_MATCH[one["operator"]](labels.get(one["key"]), field(one, "values", [])) for one in expressions)


_MATCH: Mapping[str, Callable[[Any, Any], bool]] = {
    "In": lambda value, allowed: value in allowed,
    "NotIn": lambda value, refused: value not in refused,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
    "Gt": lambda value, bound: value is not None and int(value) > int(bound[0]),
    "Lt": lambda value, bound: value is not None and int(value) < int(bound[0]),
}
