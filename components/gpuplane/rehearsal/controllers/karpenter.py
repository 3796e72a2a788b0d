"""Karpenter's part in a rehearsal: a NodePool that is applied brings nodes for the pods that wait."""

import threading
from collections.abc import Mapping
from typing import Any

from gpuplane.fields import field
from gpuplane.rehearsal.clouds.nodes_karpenter import NODE_CLASS, NODE_POOL, karpenter_nodes
from gpuplane.rehearsal.controllers.cloud_controllers import CloudControllers

Object = Mapping[str, Any]


class Karpenter:
    """Reads the objects that Karpenter would.

    Args:
        controllers: Gets the node pools.
        notes: Gets a line for each NodePool that brings no nodes here.
    """

    def __init__(self, controllers: CloudControllers, notes: list[str]) -> None:
        self._notes = notes
        self._controllers = controllers
        self._classes: dict[str, Object] = {}
        self._lock = threading.Lock()

    def on_object(self, obj: Object) -> None:
        """An object was applied: a class is remembered, a pool is one of the cloud's from now on."""
        kind = (str(obj.get("apiVersion")), str(obj.get("kind")))
        name = str(obj["metadata"]["name"])
        if kind == NODE_CLASS:
            with self._lock:
                self._classes[name] = obj
        elif kind == NODE_POOL:
            self._add(name, obj)

    def _add(self, name: str, pool: Object) -> None:
        wanted = str(field(pool, "spec.template.spec.nodeClassRef.name", ""))
        with self._lock:
            node_class = self._classes.get(wanted)
        if node_class is None:
            self._notes.append(f"NodePool {name} brings no nodes here: there is no EC2NodeClass {wanted!r} before it")
            return
        try:
            nodes = karpenter_nodes(pool, node_class)
        except ValueError as error:
            self._notes.append(f"NodePool {name} brings no nodes here: {error}")
            return
        self._controllers.add_pool(name, nodes)
