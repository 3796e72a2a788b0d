"""Rules between Karpenter, its pools and the cluster's CPU nodes."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.clusters.karpenter.inputs import RESOURCES
from gpuplane.hardware import Catalogue, allocatable
from gpuplane.kubernetes.quantity import parse
from gpuplane.platforms import Platform
from gpuplane.stackconfig.sections.cluster import ClusterConfig
from gpuplane.stackconfig.sections.pools import PoolsConfig


def karpenter_problems(cluster: ClusterConfig, pools: PoolsConfig) -> Iterable[Problem]:
    """Check that a new cluster with Karpenter pools gets Karpenter, and that its CPU nodes have room for it."""
    if not cluster.eks:
        return
    if pools.karpenter and cluster.karpenter.enabled is False:
        yield Problem(
            "cluster.karpenter.enabled",
            f"required by Karpenter pools in a new cluster, got {', '.join(pools.karpenter)}, fix: leave it out",
        )
    if cluster.makes_karpenter(bool(pools.karpenter)):
        yield from _room_problems(cluster.eks.catalogue, cluster.eks.cpu_instance_type)


def node_roles(cluster: ClusterConfig, pools: PoolsConfig) -> list[str]:
    """Return the node roles that the stack's Karpenter may pass besides its own: listed ones and its pools'."""
    return list(dict.fromkeys(map(str, [*cluster.karpenter.node_roles, *_of_pools(pools)])))


def _of_pools(pools: PoolsConfig) -> Iterable[str]:
    return (str(pool.node_role) for pool in pools.karpenter.values() if pool.node_role is not None)


def _room_problems(catalogue: Catalogue, instance_type: str) -> Iterable[Problem]:
    try:
        found = catalogue.machine(Platform.EKS, instance_type)
    except ValueError:  # the cluster's own problem
        return
    free = allocatable(found, 0)
    if free.cpu <= parse(RESOURCES["cpu"]) or free.memory_bytes <= parse(RESOURCES["memory"]):
        yield Problem(
            "cluster.eks.cpu_instance_type",
            f"must hold a pod of Karpenter's, which asks for {RESOURCES['cpu']} CPU and {RESOURCES['memory']}, beside "
            f"EKS' own, got {instance_type!r} with {found.vcpus} CPU and {found.memory_gib}Gi, fix: a larger one",
        )
