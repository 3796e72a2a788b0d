"""The component of AWS's EFA device plugin."""

from typing import ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.section import Section
from gpuplane.devices.efa_device_plugin.args import EfaDevicePluginArgs
from gpuplane.devices.efa_device_plugin.args_dict import EfaDevicePluginArgsDict
from gpuplane.devices.efa_device_plugin.inputs import daemonset_inputs
from gpuplane.devices.node_critical.component import CriticalComponent


class EfaDevicePlugin(CriticalComponent):
    """AWS's EFA device plugin on every node labelled `vpc.amazonaws.com/efa.present=true`, as EKS pools with `efa` are.

    Pods then ask for EFA interfaces as `vpc.amazonaws.com/efa`. AWS recommends its DRA driver for new clusters of
    Kubernetes 1.34 and later, which must not run on the same nodes. Source:
    https://docs.aws.amazon.com/eks/latest/userguide/device-management-efa.html

    Example:
        >>> from gpuplane import EksGpuNodePool
        >>> pool = EksGpuNodePool("h100", {
        ...     "cluster": "ml", "subnet_ids": ["subnet-1"], "machine_type": "p5.48xlarge", "max_nodes": 2,
        ...     "efa": {}, "vpc_id": "vpc-1", "cluster_security_group_id": "sg-1",
        ... })
        >>> plugin = EfaDevicePlugin("efa", {"pools": [pool.facts]})

    Attributes:
        namespace: Name of its namespace.
        resource: The DaemonSet.
    """

    SECTION: ClassVar[Section | None] = Section("devices.efaDevicePlugin")
    CHILDREN: ClassVar[tuple[str, ...]] = ("namespace", "quota", "daemonset")

    def __init__(
        self, name: str, args: EfaDevicePluginArgs | EfaDevicePluginArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = EfaDevicePluginArgs.parse(f'EfaDevicePlugin "{name}"', args)
        super().__init__(name, checked, checked.namespace, opts)
        self.resource = self.make(k8s.apps.v1.DaemonSet, "daemonset", daemonset_inputs(checked), self._pods_after())
        self.register_outputs({"namespace": self.namespace})
