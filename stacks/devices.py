"""The stack's device plugins, drivers and GPU metrics."""

import pulumi

import gpuplane
from cluster import Cluster
from gpuplane.devices.advertisers import NVIDIA
from gpuplane.stackconfig import StackConfig
from pools import PoolComponents


def devices_of(config: StackConfig, cluster: Cluster, pools: PoolComponents) -> list[pulumi.Resource]:
    """Make the stack's devices.

    Returns:
        Those that pods with GPUs have to wait for: all but the metrics.
    """
    devices, inside = config.devices, cluster.inside()
    facts = [pool.facts for pool in pools.values()]
    made: list[pulumi.Resource] = []
    if installer := devices.gke_driver_installer:
        made.append(gpuplane.GkeDriverInstaller("driver", installer, inside))
    if plugin := devices.nvidia_device_plugin:
        own = [pool for pool in facts if pool.advertiser == NVIDIA]
        made.append(gpuplane.NvidiaDevicePlugin("gpus", {**plugin.explicitly_set(), "pools": own}, inside))
    if operator := devices.gpu_operator:
        made.append(gpuplane.GpuOperator("gpus", {**operator.explicitly_set(), "pools": facts}, inside))
    if efa := devices.efa_device_plugin:
        made.append(gpuplane.EfaDevicePlugin("efa", {**efa.explicitly_set(), "pools": facts}, inside))
    if exporter := devices.dcgm_exporter:
        gpuplane.DcgmExporter("dcgm", {**exporter.explicitly_set(), "pools": facts}, inside)
    return made
