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
        args = gpuplane.NvidiaDevicePluginArgs.merged(plugin, {"pools": own})
        made.append(gpuplane.NvidiaDevicePlugin("gpus", args, inside))
    if operator := devices.gpu_operator:
        args = gpuplane.GpuOperatorArgs.merged(operator, {"pools": facts})
        made.append(gpuplane.GpuOperator("gpus", args, inside))
    if efa := devices.efa_device_plugin:
        args = gpuplane.EfaDevicePluginArgs.merged(efa, {"pools": facts})
        made.append(gpuplane.EfaDevicePlugin("efa", args, inside))
    if exporter := devices.dcgm_exporter:
        gpuplane.DcgmExporter("dcgm", gpuplane.DcgmExporterArgs.merged(exporter, {"pools": facts}), inside)
    return made
