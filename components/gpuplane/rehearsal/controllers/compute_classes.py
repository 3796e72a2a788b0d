"""GKE's part in a rehearsal: a ComputeClass that is applied brings nodes for the pods that wait."""

from collections.abc import Mapping
from typing import Any

from gpuplane.rehearsal.clouds.nodes_compute_class import COMPUTE_CLASS, compute_class_nodes
from gpuplane.rehearsal.controllers.cloud_controllers import CloudControllers


class ComputeClasses:
    """Reads the ComputeClasses, as GKE's autoscaler would.

    Args:
        controllers: Gets the node pools.
        notes: Gets a line for each class that brings no nodes here.
    """

    def __init__(self, controllers: CloudControllers, notes: list[str]) -> None:
        self._controllers = controllers
        self._notes = notes

    def on_object(self, obj: Mapping[str, Any]) -> None:
        """An object was applied: the ways of a class are pools of the cloud's from now on, tried in their order."""
        if (str(obj.get("apiVersion")), str(obj.get("kind"))) != COMPUTE_CLASS:
            return
        name = str(obj["metadata"]["name"])
        try:
            pools = compute_class_nodes(obj)
        except ValueError as error:
            self._notes.append(f"ComputeClass {name} brings no nodes here: {error}")
            return
        for pool in pools:
            self._controllers.add_pool(pool.name, pool)
