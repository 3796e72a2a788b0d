"""The arguments of what makes GPUs known."""

from collections.abc import Iterable

from gpuplane.component import ComponentArgs
from gpuplane.errors import Problem
from gpuplane.nodepools.facts import PoolFacts

IMAGE = (
    "nvcr.io/nvidia/k8s-device-plugin:v0.20.0@sha256:a61ba9fd8efb82f3a79f877f7580e02c1e8e7593f62473644bc9c79e315c3312"
)


class DevicePluginShape(ComponentArgs):
    """NVIDIA's device plugin, whatever pools it is for."""

    namespace: str = "nvidia-device-plugin"
    """Namespace to make for it; privileged, since the plugin mounts the kubelet's socket from the host."""

    image: str = IMAGE
    """The plugin's image."""

    runtime_class: str = "nvidia"
    """Name of the RuntimeClass to make, and of the containerd handler it stands for."""


class NvidiaDevicePluginArgs(DevicePluginShape):
    """Arguments of `NvidiaDevicePlugin`."""

    pools: list[PoolFacts]
    """The GPU pools of the cluster, `pool.facts` each. All of them: a second advertiser on a node makes the
    allocation of its GPUs random."""

    def problems(self) -> Iterable[Problem]:
        """One advertiser a node: this one, or the platform's own."""
        for index, pool in enumerate(self.pools):
            if pool.advertiser != "nvidia-device-plugin":
                yield Problem(
                    f"pools[{index}]",
                    f"pool {pool.name!r} has its GPUs advertised by {pool.advertiser!r} already, "
                    "allowed: one advertiser a node, fix: set the pool's driver to 'disabled' and install a driver, "
                    "or leave this component out",
                )
