"""The arguments of NVIDIA's device plugin."""

import re
from collections.abc import Iterable, Mapping

from gpuplane.args import within
from gpuplane.component import ComponentArgs
from gpuplane.devices.nvidia_device_plugin.config import DevicePluginConfig
from gpuplane.devices.nvidia_device_plugin.sharing import ADVERTISER, pool_problems
from gpuplane.errors import Problem, unknown
from gpuplane.nodepools.facts import PoolFacts

IMAGE = (
    "nvcr.io/nvidia/k8s-device-plugin:v0.20.0@sha256:a61ba9fd8efb82f3a79f877f7580e02c1e8e7593f62473644bc9c79e315c3312"
)
DEFAULT_CONFIG = "default"

_SHARED_NAMESPACES = ("default", "kube-system", "kube-public")
_LABEL_VALUE = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")


class DevicePluginShape(ComponentArgs):
    """NVIDIA's device plugin, whatever pools it is for."""

    namespace: str = "nvidia-device-plugin"
    """Namespace to make for it; privileged, since the plugin mounts the kubelet's socket from the host."""

    image: str = IMAGE
    """The plugin's image."""

    runtime_class: str = "nvidia"
    """Name of the RuntimeClass to make, and of the containerd handler it stands for: NVIDIA's container toolkit on
    the node. EKS's AMIs have it; GKE's Container-Optimized OS does not, `GpuOperator` installs it there."""

    configs: dict[str, DevicePluginConfig] = {}
    """How GPUs are shown, by a name that pools choose by their label `nvidia.com/device-plugin.config`. By default
    one config, `default`, with every GPU whole."""

    default_config: str = DEFAULT_CONFIG
    """The config of nodes without that label. By default the one named `default`."""

    feature_discovery: bool = False
    """Label nodes with what their GPUs are and how they are shared, by GPU feature discovery and the Helm chart of
    Node Feature Discovery, which it writes for. By default nodes have the labels of their pool only."""

    @property
    def named_configs(self) -> Mapping[str, DevicePluginConfig]:
        """The configs, or the only one there is by default."""
        return self.configs or {DEFAULT_CONFIG: DevicePluginConfig()}

    def problems(self) -> Iterable[Problem]:
        """The rules that need no pool."""
        if self.namespace in _SHARED_NAMESPACES:
            yield Problem("namespace", f"must be one of its own, which this makes, got {self.namespace!r}")
        for name, config in self.configs.items():
            if not _LABEL_VALUE.fullmatch(name):
                yield Problem("configs", f"must be named by what a node label can hold, got {name!r}")
            yield from within(f"configs.{name}", config.problems())
        if self.default_config not in self.named_configs:
            yield Problem("default_config", unknown("config", self.default_config, list(self.named_configs)))


class NvidiaDevicePluginArgs(DevicePluginShape):
    """Arguments of `NvidiaDevicePlugin`."""

    pools: list[PoolFacts]
    """The GPU pools whose GPUs it advertises, `pool.facts` each; those of the platform's own plugin left out."""

    def problems(self) -> Iterable[Problem]:
        """One advertiser a node: this one, or the platform's own. And a config for each pool."""
        yield from super().problems()
        indices = {pool.name: index for index, pool in enumerate(self.pools)}
        for index, pool in enumerate(self.pools):
            if pool.advertiser != ADVERTISER:
                yield Problem(
                    f"pools[{index}]",
                    f"pool {pool.name!r} has its GPUs advertised by {pool.advertiser!r} already, "
                    "allowed: one advertiser a node, fix: set the pool's driver to 'disabled' and install a driver, "
                    "or leave this component out",
                )
        if self.default_config in self.named_configs:
            for name, message in pool_problems(self.pools, self.named_configs, self.default_config):
                yield Problem(f"pools[{indices[name]}]", f"pool {name!r} {message}")
