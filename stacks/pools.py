"""The stack's GPU node pools."""

import gpuplane
from cluster import Cluster
from gpuplane.stackconfig import StackConfig

Pools = dict[
    str,
    "gpuplane.GkeGpuNodePool | gpuplane.GkeComputeClass | gpuplane.EksGpuNodePool | gpuplane.KarpenterGpuNodePool",
]


def pools_of(config: StackConfig, cluster: Cluster, karpenter: "gpuplane.Karpenter | None") -> Pools:
    """Each pool of the config, by name; those of Karpenter run as its role where the stack makes it."""
    pools: Pools = {}
    for name, shape in config.pools.gke.items():
        pools[name] = gpuplane.GkeGpuNodePool(name, {**shape.explicitly_set(), **cluster.place}, cluster.beside())
        if networks := shape.network.additional_networks:
            args = {"machine_type": shape.machine_type, "networks": networks}
            gpuplane.GkeNodeNetworks(name, args, cluster.inside())
    for name, shape in config.pools.eks.items():
        pools[name] = gpuplane.EksGpuNodePool(name, {**shape.explicitly_set(), **cluster.place}, cluster.beside())
    for name, shape in config.pools.karpenter.items():
        place = {key: value for key, value in cluster.place.items() if key != "vpc_id"}
        role = {"node_role": karpenter.node_role.name} if karpenter else {}
        opts = cluster.both([karpenter] if karpenter else [])
        pools[name] = gpuplane.KarpenterGpuNodePool(name, {**role, **shape.explicitly_set(), **place}, opts)
    for name, shape in config.pools.compute_classes.items():
        place = {"project": cluster.place["project"]}
        pools[name] = gpuplane.GkeComputeClass(name, {**shape.explicitly_set(), **place}, cluster.both())
    return pools
