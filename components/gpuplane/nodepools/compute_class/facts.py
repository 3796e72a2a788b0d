"""What workloads need to know of the nodes of a GKE ComputeClass."""

from typing import Any

from gpuplane.nodepools.compute_class.args import GkeComputeClassShape
from gpuplane.nodepools.compute_class.rules import as_pool
from gpuplane.nodepools.facts import COMPUTE_CLASS_LABEL, PoolFacts
from gpuplane.nodepools.gke.facts import facts as facts_of_pool


def facts(name: str, args: GkeComputeClassShape) -> PoolFacts:
    """Return the facts of the nodes, from arguments without problems.

    A node has at least the GPUs of the smallest machine type among the ways to get one.
    """
    smallest = min(
        (facts_of_pool(name, as_pool(args, way)) for way in args.priorities), key=lambda known: known.gpus_per_node
    )
    changes: dict[str, Any] = {"selector": {COMPUTE_CLASS_LABEL: name}, "min_nodes": 0, "max_nodes": args.max_nodes}
    return smallest.model_copy(update=changes)
