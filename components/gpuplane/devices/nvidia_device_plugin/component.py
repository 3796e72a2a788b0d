"""The component of NVIDIA's device plugin, as Kubernetes objects without its chart."""

from typing import ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.section import Section
from gpuplane.devices.node_critical.component import CriticalComponent
from gpuplane.devices.nvidia_device_plugin.args import NvidiaDevicePluginArgs
from gpuplane.devices.nvidia_device_plugin.args_dict import NvidiaDevicePluginArgsDict
from gpuplane.devices.nvidia_device_plugin.fields.feature_discovery import FeatureDiscovery
from gpuplane.devices.nvidia_device_plugin.inputs.config_file import config_data
from gpuplane.devices.nvidia_device_plugin.inputs.daemonsets import (
    Sources,
    feature_discovery_inputs,
    mps_inputs,
    plugin_inputs,
    uses_mps,
)
from gpuplane.devices.nvidia_device_plugin.inputs.node_feature_discovery import nfd_inputs
from gpuplane.nodepools.facts import PoolFacts


class NvidiaDevicePlugin(CriticalComponent):
    """NVIDIA's device plugin on every node labelled `nvidia.com/gpu.present=true`, which gpuplane's pools set.

    What its chart of version 0.20 does on GKE and EKS, with named configs that are checked before anything is made:
    time-slicing, MPS, MIG strategies, CDI, and a config of its own for each pool that says so by the label
    `nvidia.com/device-plugin.config`. A changed config rolls the plugin's pods; GPU pods go on running.

    Example:
        >>> from gpuplane import EksGpuNodePool
        >>> pool = EksGpuNodePool("t4", {
        ...     "cluster": "ml", "subnet_ids": ["subnet-1"], "machine_type": "g4dn.2xlarge", "max_nodes": 4,
        ... })
        >>> plugin = NvidiaDevicePlugin("gpus", {
        ...     "pools": [pool.facts],
        ...     "configs": {"default": {}, "sliced": {"time_slicing": {"replicas": 4}}},
        ... })
        >>> plugin.facts(pool.facts).gpus_per_node
        1

    Attributes:
        namespace: Name of its namespace.
        resource: The plugin's DaemonSet.
        mps_control_daemon: The DaemonSet of MPS, None where no config shares GPUs by it.
        gpu_feature_discovery: The DaemonSet of GPU feature discovery, None without `feature_discovery`.
        runtime_class: Name of the RuntimeClass, for pods that ask for GPUs by environment variable.
    """

    SECTION: ClassVar[Section | None] = Section("devices.nvidiaDevicePlugin")
    CHILDREN: ClassVar[tuple[str, ...]] = (
        "namespace",
        "quota",
        "runtime-class",
        "configs",
        "account",
        "role",
        "role-binding",
        "daemonset",
        "mps-control-daemon",
        "gpu-feature-discovery",
        "node-feature-discovery",
    )

    def __init__(
        self,
        name: str,
        args: NvidiaDevicePluginArgs | NvidiaDevicePluginArgsDict,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        checked = NvidiaDevicePluginArgs.parse(f'NvidiaDevicePlugin "{name}"', args)
        super().__init__(name, checked, checked.namespace, opts)
        self._args = checked
        runtime_class = self.make(
            k8s.node.v1.RuntimeClass,
            "runtime-class",
            {"metadata": {"name": checked.runtime_class}, "handler": checked.runtime_class},
        )
        self.runtime_class: pulumi.Output[str] = self.name_of(runtime_class)
        sources = self._sources()
        after = self._pods_after(runtime_class)
        self.mps_control_daemon: k8s.apps.v1.DaemonSet | None = None
        if uses_mps(checked):
            self.mps_control_daemon = self.make(
                k8s.apps.v1.DaemonSet, "mps-control-daemon", mps_inputs(checked, sources), after
            )
        self.resource = self.make(k8s.apps.v1.DaemonSet, "daemonset", plugin_inputs(checked, sources), after)
        self.gpu_feature_discovery: k8s.apps.v1.DaemonSet | None = None
        if discovery := checked.feature_discovery:
            self.gpu_feature_discovery = self._feature_discovery(discovery, sources, after)
        self.register_outputs({"namespace": self.namespace})

    def facts(self, pool: PoolFacts) -> PoolFacts:
        """Return a pool's facts under this plugin's config for it: what servers on it request."""
        return self._args.facts(pool)

    def _sources(self) -> Sources:
        """Create the ConfigMap and, with several configs, the service account that may read the labels of nodes."""
        args = self._args
        configs = self.make(
            k8s.core.v1.ConfigMap,
            "configs",
            {"metadata": {"namespace": args.namespace}, "data": config_data(args, args.pools)},
            self._inside,
        )
        config_map = self.name_of(configs)
        if len(args.named_configs) == 1:
            return Sources(config_map, None)
        account = self.make(
            k8s.core.v1.ServiceAccount, "account", {"metadata": {"namespace": args.namespace}}, self._inside
        )
        role = self.make(
            k8s.rbac.v1.ClusterRole,
            "role",
            {"rules": [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["get", "list", "watch"]}]},
        )
        subject = {"kind": "ServiceAccount", "name": account.metadata.name, "namespace": args.namespace}
        self.make(
            k8s.rbac.v1.ClusterRoleBinding,
            "role-binding",
            {
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role.metadata.name},
                "subjects": [subject],
            },
        )
        return Sources(config_map, self.name_of(account))

    def _feature_discovery(
        self, discovery: FeatureDiscovery, sources: Sources, after: pulumi.ResourceOptions
    ) -> k8s.apps.v1.DaemonSet:
        if discovery.node_feature_discovery:
            self.make(k8s.helm.v3.Release, "node-feature-discovery", nfd_inputs(self._args.namespace), after)
        inputs = feature_discovery_inputs(self._args, discovery, sources)
        return self.make(k8s.apps.v1.DaemonSet, "gpu-feature-discovery", inputs, after)
