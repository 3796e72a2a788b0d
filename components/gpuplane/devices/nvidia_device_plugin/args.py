"""The arguments of NVIDIA's device plugin."""

from collections.abc import Iterable, Mapping, Sequence

from gpuplane.arguments.errors import Problem, unknown
from gpuplane.arguments.paths import within
from gpuplane.component.base import ComponentArgs
from gpuplane.devices.advertisers import advertised_already
from gpuplane.devices.node_critical.rules import own_namespace_problems
from gpuplane.devices.nvidia_device_plugin.facts import shared_facts
from gpuplane.devices.nvidia_device_plugin.fields.config import DevicePluginConfig
from gpuplane.devices.nvidia_device_plugin.fields.feature_discovery import FeatureDiscovery
from gpuplane.devices.nvidia_device_plugin.fields.host import CdiFeatureFlag, HostPaths, flag_problems
from gpuplane.devices.nvidia_device_plugin.fields.pods import PluginPods
from gpuplane.devices.nvidia_device_plugin.rules import pool_problems
from gpuplane.kubernetes.names import is_label_value
from gpuplane.nodepools.facts import MIG_CONFIG_LABEL, PoolFacts

IMAGE = (
    "nvcr.io/nvidia/k8s-device-plugin:v0.20.0@sha256:a61ba9fd8efb82f3a79f877f7580e02c1e8e7593f62473644bc9c79e315c3312"
)
DEFAULT_CONFIG = "default"


class NamedConfigs(ComponentArgs):
    """The arguments of components that advertise GPUs by named configs of NVIDIA's device plugin."""

    configs: dict[str, DevicePluginConfig] = {}
    """Ways to advertise GPUs, by a name that pools choose by their label `nvidia.com/device-plugin.config`. By default
    one config, `default`, with every GPU whole."""

    default_config: str = DEFAULT_CONFIG
    """The config of nodes without that label. By default the one named `default`."""

    @property
    def named_configs(self) -> Mapping[str, DevicePluginConfig]:
        """The configs, or the default one."""
        return self.configs or {DEFAULT_CONFIG: DevicePluginConfig()}

    def facts(self, pool: PoolFacts) -> PoolFacts:
        """Return a pool's facts under its config; unchanged for a pool whose GPUs something else advertises."""
        return shared_facts(pool, self.named_configs, self.default_config)

    def own_problems(self) -> Iterable[Problem]:
        """Check the names."""
        for name in self.configs:
            if not name or not is_label_value(name):
                yield Problem("configs", f"must be named by what a node label can hold, got {name!r}")
        if self.default_config not in self.named_configs:
            yield Problem("default_config", unknown("config", self.default_config, list(self.named_configs)))

    def pool_problems(self, pools: Sequence[PoolFacts]) -> Iterable[tuple[str, str]]:
        """Yield what the configs and the pools disagree on: a pool's name, and a message.

        Nothing while the configs have problems of their own.
        """
        if any(NamedConfigs.own_problems(self)) or any(any(one.problems()) for one in self.configs.values()):
            return ()
        return pool_problems(pools, self.named_configs, self.default_config)


class DevicePluginShape(NamedConfigs):
    """NVIDIA's device plugin."""

    namespace: str = "nvidia-device-plugin"
    """Namespace to create for it; privileged, since the plugin mounts the kubelet's socket from the host."""

    image: str = IMAGE
    """The plugin's image."""

    runtime_class: str = "nvidia"
    """Name of the RuntimeClass to create, and of its containerd handler: NVIDIA's container toolkit on
    the node. EKS's AMIs have it; GKE's Container-Optimized OS does not, `GpuOperator` installs it there."""

    host: HostPaths = HostPaths()
    """Paths of the driver on the nodes. By default those of EKS's AMIs."""

    cdi_feature_flags: list[CdiFeatureFlag] = []
    """Feature flags of the CDI specs, where a config's `device_list_strategy` is CDI."""

    pods: PluginPods = PluginPods()
    """How its pods run on the nodes."""

    feature_discovery: FeatureDiscovery | None = None
    """Label nodes with what their GPUs are and how they are shared, by GPU feature discovery. By default nodes have
    the labels of their pool only."""

    def pool_problems(self, pools: Sequence[PoolFacts]) -> Iterable[tuple[str, str]]:
        """Yield as for the configs, and the pools that nothing would partition or that its pods would not run on."""
        yield from super().pool_problems(pools)
        for pool in pools:
            yield from ((pool.name, message) for message in self.pods.pool_problems(pool))
            if MIG_CONFIG_LABEL in pool.selector:
                message = (
                    f"has its GPUs cut into {pool.mig_profile} by the MIG manager of NVIDIA's GPU operator, which the "
                    "device plugin alone does not bring, fix: the operator in its place, with mig_strategy mixed"
                )
                yield pool.name, message

    def own_problems(self) -> Iterable[Problem]:
        """Check the arguments that do not depend on pools."""
        yield from super().own_problems()
        yield from own_namespace_problems(self.namespace)
        configs = list(self.named_configs.values())
        yield from within("host", self.host.config_problems(configs))
        yield from flag_problems(self.cdi_feature_flags, configs)


class NvidiaDevicePluginArgs(DevicePluginShape):
    """Arguments of `NvidiaDevicePlugin`."""

    pools: list[PoolFacts]
    """The GPU pools whose GPUs it advertises, `pool.facts` each, without those of the platform's own plugin."""

    def own_problems(self) -> Iterable[Problem]:
        """Check that each node has one advertiser, this one or the platform's own, and each pool a config."""
        yield from super().own_problems()
        yield from advertised_already(self.pools)
        indices = {pool.name: index for index, pool in enumerate(self.pools)}
        for name, message in self.pool_problems(self.pools):
            yield Problem(f"pools[{indices[name]}]", f"pool {name!r} {message}")
