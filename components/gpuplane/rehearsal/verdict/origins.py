"""The origin of an object of the cluster in the stack's config."""

from collections.abc import Mapping
from typing import Any

import gpuplane
from gpuplane.component.section import Section
from gpuplane.kubernetes.manifests import is_object
from gpuplane.recording import RecordedResource, Recording
from gpuplane.rehearsal.control_plane.api import key
from gpuplane.simulation.nodes.compute_class import COMPUTE_CLASS, pool_names
from gpuplane.simulation.nodes.karpenter import NODE_POOL

Object = Mapping[str, Any]

_COMPONENT_PREFIX = "gpuplane:index:"


class Origins:
    """Finds the config key to change for an object, a namespace or a pool of the cluster.

    Args:
        recording: The run of the program.
        is_stack_program: Whether the program is driven by stack config. Keys of any other program name a component
            or a resource.
    """

    def __init__(self, recording: Recording, is_stack_program: bool) -> None:
        self._is_stack_program = is_stack_program
        self._by_urn = {resource.urn: resource for resource in recording.resources}
        self._by_object = {
            key(recording.outputs[resource.urn]): resource
            for resource in recording.resources
            if is_object(resource.type) and resource.urn in recording.outputs
        }
        self._by_pool = {
            **{
                pool: resource
                for resource in self._by_object.values()
                for pool in _pools_of(recording.outputs[resource.urn])
            },
            **{resource.name: resource for resource in recording.resources if resource.custom},
        }

    def resource(self, obj: Object) -> RecordedResource | None:
        """Return the program's resource for the object; None if the program did not create it."""
        return self._by_object.get(key(obj))

    def component(self, obj: Object) -> str:
        """Return the kind of gpuplane component that the object is part of, such as `TenantNamespace`; or empty."""
        resource = self.resource(obj)
        found = self._component(resource) if resource else None
        return found.type.removeprefix(_COMPONENT_PREFIX) if found else ""

    def key(self, obj: Object, argument: str, property_path: str) -> str:
        """Return the config key for an object.

        Args:
            obj: The object.
            argument: The argument of its component, such as `scaling.maxReplicas`.
            property_path: The property of the object itself that it decides, for a program without components.
        """
        resource = self.resource(obj)
        return self._key(resource, argument, property_path) if resource else f"{key(obj)}: {property_path}"

    def pool_key(self, pool: str, argument: str, property_path: str) -> str:
        """Return the config key for a node pool.

        Args:
            pool: The logical name of its resource, or the name of the pool that a Kubernetes object brings.
            argument: What GKE's pools call it, such as `maxNodes` or `zones`.
            property_path: The same in words, for a program without components.
        """
        resource = self._by_pool.get(pool)
        if not resource:
            return ""
        component = self._component(resource)
        section = _section(component) if component else None
        own = section.node_argument(argument) if section else argument
        return self._key(resource, own, property_path)

    def stack_key(self, component: str, argument: str = "") -> str:
        """Return the config key of something that the program did not create.

        Args:
            component: The kind of component, such as `EfaDevicePlugin`.
            argument: Its argument; the key of the component itself by default.
        """
        section = section_of(component)
        if not section or not self._is_stack_program:
            return f"{component}: none in the program"
        return section.key("", argument) if argument else section.path

    def tenant_key(self, namespace: str, argument: str, property_path: str) -> str:
        """Return the config key for what a namespace may use."""
        return self.key({"kind": "Namespace", "metadata": {"name": namespace}}, argument, property_path)

    def _key(self, resource: RecordedResource, argument: str, property_path: str) -> str:
        component = self._component(resource)
        if not component:
            return f"{resource.type} {resource.name}: {property_path}"
        section = _section(component)
        if not section or not self._is_stack_program:
            return f"{component.type.rpartition(':')[2]} {component.name}: {argument}"
        return section.key(component.name, argument)

    def _component(self, resource: RecordedResource) -> RecordedResource | None:
        parent = self._by_urn.get(resource.parent)
        while parent and not parent.type.startswith(_COMPONENT_PREFIX):
            parent = self._by_urn.get(parent.parent)
        return parent


def _pools_of(obj: Object) -> list[str]:
    """Return the pools of an object: a NodePool of Karpenter, or each priority of a ComputeClass."""
    kind = (str(obj.get("apiVersion")), str(obj.get("kind")))
    if kind == NODE_POOL:
        return [str(obj["metadata"]["name"])]
    return pool_names(obj) if kind == COMPUTE_CLASS else []


def section_of(kind: str) -> Section | None:
    """Return the section of the stack's config by the kind of component; None for a component of another library."""
    found = getattr(gpuplane, kind) if kind in gpuplane.__all__ else None
    return found.SECTION if found else None


def _section(component: RecordedResource) -> Section | None:
    return section_of(component.type.removeprefix(_COMPONENT_PREFIX))
