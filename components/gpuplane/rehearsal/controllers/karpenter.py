"""Stands in for Karpenter: a NodePool brings nodes for pending pods."""

from collections.abc import Mapping
from typing import Any

from gpuplane.hardware import BUILT_IN, Catalogue
from gpuplane.plain.nested import field
from gpuplane.rehearsal.controllers.custom_objects import Pools, kind_of
from gpuplane.simulation.nodes.karpenter import NODE_CLASS, NODE_POOL, karpenter_nodes

Object = Mapping[str, Any]


class Karpenter:
    """Reads NodePools and EC2NodeClasses, as Karpenter does.

    Args:
        pools: Receives the node pools.
        notes: Receives a line for each NodePool that brings no nodes here.
        catalogue: The machine types that EC2 offers.
    """

    kinds = (NODE_CLASS, NODE_POOL)

    def __init__(self, pools: Pools, notes: list[str], catalogue: Catalogue = BUILT_IN) -> None:
        self._catalogue = catalogue
        self._pools = pools
        self._notes = notes
        self._classes: dict[str, Object] = {}

    def on_object(self, obj: Object) -> None:
        """Store a node class, or add a pool."""
        name = str(obj["metadata"]["name"])
        if kind_of(obj) == NODE_CLASS:
            self._classes[name] = obj
        else:
            self._add(name, obj)

    def on_gone(self, obj: Object) -> None:
        """Remove a pool with its nodes."""
        if kind_of(obj) == NODE_POOL:
            self._pools.remove_pool(str(obj["metadata"]["name"]))

    def _add(self, name: str, pool: Object) -> None:
        wanted = str(field(pool, "spec.template.spec.nodeClassRef.name", ""))
        node_class = self._classes.get(wanted)
        if node_class is None:
            self._notes.append(f"NodePool {name} brings no nodes here: there is no EC2NodeClass {wanted!r} before it")
            return
        try:
            nodes = karpenter_nodes(pool, node_class, catalogue=self._catalogue)
        except ValueError as error:
            self._notes.append(f"NodePool {name} brings no nodes here: {error}")
            return
        self._pools.add_pool(name, nodes)
