"""The nodes of the cloud resources that are node pools."""

from collections.abc import Mapping
from typing import Any

from gpuplane.hardware import BUILT_IN, Catalogue
from gpuplane.simulation.nodes.eks import group_nodes
from gpuplane.simulation.nodes.gke import default_pool_nodes, pool_nodes_of
from gpuplane.simulation.nodes.pool import PoolNodes
from gpuplane.simulation.wire_values import revealed

GKE_CLUSTER = "gcp:container/cluster:Cluster"
GKE_NODE_POOL = "gcp:container/nodePool:NodePool"
EKS_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
POOL_TYPES = (GKE_CLUSTER, GKE_NODE_POOL, EKS_NODE_GROUP)
"""The resource types that bring nodes; a GKE cluster does when its default pool is not removed."""


def pool_nodes(
    token: str,
    name: str,
    inputs: Mapping[str, Any],
    launch_template: Mapping[str, Any] | None = None,
    catalogue: Catalogue = BUILT_IN,
) -> PoolNodes:
    """Return the nodes of a pool from its inputs alone.

    Args:
        token: One of `POOL_TYPES`.
        name: Its physical name.
        inputs: Its inputs or, better, its outputs, which include the project, location and region.
        launch_template: The inputs of the launch template that an EKS node group names.
        catalogue: The machine types and accelerators that the cloud offers.

    Raises:
        ValueError: The machine is not in the hardware catalogue, or resources of the type have no nodes.

    Example:
        >>> pool = pool_nodes(EKS_NODE_GROUP, "t4", {"clusterName": "ml", "instanceTypes": ["g4dn.xlarge"],
        ...     "amiType": "AL2023_x86_64_NVIDIA", "subnetIds": ["a"],
        ...     "scalingConfig": {"minSize": 1, "maxSize": 2, "desiredSize": 1}})
        >>> pool.minimum, pool.maximum, pool.gpus, pool.advertiser
        (1, 2, 1, 'nvidia-device-plugin')
    """
    plain: Mapping[str, Any] = revealed(inputs)
    if token == GKE_NODE_POOL:
        return pool_nodes_of(name, plain, catalogue)
    if token == GKE_CLUSTER:
        return default_pool_nodes(name, plain, catalogue)
    if token == EKS_NODE_GROUP:
        return group_nodes(name, plain, revealed(launch_template or {}), catalogue)
    raise ValueError(f"must be a type that brings nodes, got {token!r}, allowed: {', '.join(POOL_TYPES)}")
