"""What advertises the stack's GPUs and watches over them."""

import pulumi

import gpuplane
from cluster import Cluster
from gpuplane.stackconfig import StackConfig
from pools import Pools


def devices_of(config: StackConfig, cluster: Cluster, pools: Pools) -> list[pulumi.Resource]:
    """What workloads with GPUs have to wait for."""
    plugin = config.devices.nvidia_device_plugin
    if not plugin:
        return []
    facts = [pool.facts for pool in pools.values()]
    return [gpuplane.NvidiaDevicePlugin("gpus", {**plugin.given(), "pools": facts}, cluster.inside())]
