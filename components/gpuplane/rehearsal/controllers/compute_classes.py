"""Stands in for GKE's node auto-provisioning: a ComputeClass brings nodes for pending pods."""

from collections.abc import Mapping
from typing import Any

from gpuplane.hardware import BUILT_IN, Catalogue
from gpuplane.rehearsal.controllers.custom_objects import Pools
from gpuplane.simulation.nodes.compute_class import COMPUTE_CLASS, compute_class_nodes, pool_names


class ComputeClasses:
    """Reads ComputeClasses, as GKE's autoscaler does.

    Args:
        pools: Receives the node pools.
        notes: Receives a line for each class that brings no nodes here.
        catalogue: The machine types and accelerators that GKE offers.
    """

    kinds = (COMPUTE_CLASS,)

    def __init__(self, pools: Pools, notes: list[str], catalogue: Catalogue = BUILT_IN) -> None:
        self._catalogue = catalogue
        self._pools = pools
        self._notes = notes

    def on_object(self, obj: Mapping[str, Any]) -> None:
        """Add a pool per priority of a class, to be tried in their order."""
        try:
            pools = compute_class_nodes(obj, catalogue=self._catalogue)
        except ValueError as error:
            self._notes.append(f"ComputeClass {obj['metadata']['name']} brings no nodes here: {error}")
            return
        for pool in pools:
            self._pools.add_pool(pool.name, pool)

    def on_gone(self, obj: Mapping[str, Any]) -> None:
        """Remove the pools of its priorities with their nodes."""
        for name in pool_names(obj):
            self._pools.remove_pool(name)
