"""The base of all components of node-critical pods: a namespace of their own, whose quota admits such pods."""

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component, ComponentArgs
from gpuplane.devices.node_critical.inputs import namespace_inputs, quota_inputs


class CriticalComponent(Component):
    """A component whose pods run on every GPU node.

    Attributes:
        namespace: Name of its namespace.
    """

    def __init__(self, name: str, args: ComponentArgs, namespace: str, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(name, args, opts)
        made = self.make(k8s.core.v1.Namespace, "namespace", namespace_inputs(namespace))
        self.namespace: pulumi.Output[str] = self.name_of(made)
        self._inside = pulumi.ResourceOptions(depends_on=[made])
        self._guards = (made, self.make(k8s.core.v1.ResourceQuota, "quota", quota_inputs(namespace), self._inside))

    def _pods_after(self, *others: pulumi.Resource) -> pulumi.ResourceOptions:
        """Return options of resources with pods, which are admitted once the quota exists."""
        return pulumi.ResourceOptions(depends_on=[*self._guards, *others])
