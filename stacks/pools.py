"""The stack's GPU node pools."""

import gpuplane
from cluster import Cluster
from gpuplane.stackconfig import StackConfig

PoolComponents = dict[
    str,
    "gpuplane.GkeGpuNodePool | gpuplane.GkeComputeClass | gpuplane.EksGpuNodePool | gpuplane.KarpenterGpuNodePool",
]


def pools_of(config: StackConfig, cluster: Cluster, karpenter: "gpuplane.Karpenter | None") -> PoolComponents:
    """Make each pool of the config; the nodes of Karpenter's pools run as its role by default.

    Returns:
        The pools by name.
    """
    made: PoolComponents = {}
    for pool in config.all_pools:
        place = dict(cluster.place)
        needed = []
        if pool.kind.key == "karpenter" and karpenter:
            place["node_role"] = karpenter.node_role.name
            needed = [karpenter]
        place = {name: value for name, value in place.items() if name in pool.kind.args.model_fields}
        opts = cluster.both(needed) if pool.kind.is_kubernetes_object else cluster.beside()
        component = getattr(gpuplane, pool.kind.component)
        made[pool.name] = component(pool.name, {**place, **pool.shape.explicitly_set()}, opts)
    for name, shape in config.pools.gke.items():
        if networks := shape.network.additional_networks:
            args = gpuplane.GkeNodeNetworksArgs(
                machine_type=shape.machine_type, networks=networks, catalogue=shape.catalogue
            )
            gpuplane.GkeNodeNetworks(name, args, cluster.inside())
    return made
