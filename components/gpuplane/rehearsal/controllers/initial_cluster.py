"""The contents of a cluster before the program adds any, by its platform."""

import threading
from collections.abc import Mapping
from typing import Any

from gpuplane.platforms import Platform, all_facts
from gpuplane.rehearsal.control_plane.api import KubernetesApi
from gpuplane.rehearsal.controllers.cloud_controllers import CloudControllers
from gpuplane.rehearsal.controllers.volumes import storage_classes
from gpuplane.simulation.nodes.node import NodeFacts, common_labels, node
from gpuplane.simulation.nodes.pool import PoolNodes
from gpuplane.simulation.nodes.pool_resources import EKS_NODE_GROUP, GKE_NODE_POOL, pool_nodes

CLUSTERS = {table.cluster_type: platform for platform, table in all_facts().items() if table.cluster_type}
LOOKUPS = {table.cluster_function: platform for platform, table in all_facts().items() if table.cluster_function}

# An existing cluster has nodes for pods without GPUs; how many is unknown here.
ASSUMED = {
    Platform.GKE: "3 nodes of e2-standard-4",
    Platform.EKS: "3 nodes of m6i.xlarge",
    Platform.KUBECONFIG: "1 node with 8 CPUs and 16Gi",
}
LAPTOP = {"cpu": "8", "memory": "16Gi", "pods": "110", "ephemeral-storage": "100Gi"}


class InitialCluster:
    """Prepares the control plane once the program shows which platform its cluster is on.

    Attributes:
        notes: What was assumed, one line each.
        platform: The platform; None until the program shows it.
    """

    def __init__(self, api: KubernetesApi, controllers: CloudControllers) -> None:
        self.notes: list[str] = []
        self._api = api
        self._controllers = controllers
        self._lock = threading.Lock()
        self.platform: Platform | None = None

    def on_resource(self, resource_type: str) -> None:
        """Handle a cloud resource: a new cluster decides the platform."""
        if resource_type in CLUSTERS:
            self._choose(CLUSTERS[resource_type], is_new=True)

    def on_call(self, token: str) -> None:
        """Handle a provider function: a cluster that is looked up already exists."""
        if token in LOOKUPS:
            self._choose(LOOKUPS[token], is_new=False)

    def on_provider(self, inputs: Mapping[str, Any]) -> None:
        """Handle a Kubernetes provider: without a cloud's cluster before it, the platform is a kubeconfig."""
        self._choose(Platform.KUBECONFIG, is_new=False)

    def _choose(self, platform: Platform, is_new: bool) -> None:
        with self._lock:
            if self.platform:
                return
            self.platform = platform
            if is_new:
                self._controllers.node_autoscalers.on_new_cluster()
            for storage_class in storage_classes(platform):
                self._api.apply(storage_class)
            if not is_new:
                self._controllers.add_pool("existing", assumed_nodes(platform))
                self.notes.append(f"existing cluster: assumed {ASSUMED[platform]}, without GPUs")


def assumed_nodes(platform: Platform) -> PoolNodes:
    """Return the nodes that an existing cluster is assumed to have."""
    if platform is Platform.GKE:
        asked = {"location": "us-central1", "nodeConfig": {"machineType": "e2-standard-4"}}
        return pool_nodes(GKE_NODE_POOL, "existing", {**asked, "nodeCount": 1})
    if platform is Platform.EKS:
        asked = {"instanceTypes": ["m6i.xlarge"], "amiType": "AL2023_x86_64_STANDARD", "subnetIds": ["a", "b", "c"]}
        sizes = {"minSize": 3, "maxSize": 3, "desiredSize": 3}
        return pool_nodes(EKS_NODE_GROUP, "existing", {**asked, "scalingConfig": sizes})
    return PoolNodes("existing", 1, 1, ("laptop",), 0, "", _laptop)


def _laptop(index: int) -> dict[str, Any]:
    return node(
        NodeFacts(
            name=f"laptop-{index}",
            labels=common_labels("amd64", "laptop", "laptop", "laptop"),
            taints=[],
            capacity=LAPTOP,
            allocatable=LAPTOP,
            provider_id=f"kind://docker/kind/laptop-{index}",
            architecture="amd64",
            os_image="Debian GNU/Linux",
            kubelet="v1.36.3",
            gpus=0,
            advertiser="",
        )
    )
