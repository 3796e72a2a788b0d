"""The networks of a GKE pool's nodes."""

from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.inputs import Input


class NodeNetwork(Args):
    """A network in addition to the primary one, on an interface of its own."""

    network: Input[str]
    """The VPC network."""

    subnetwork: Input[str]
    """Subnetwork in the cluster's region."""


class GkeNetwork(Args):
    """The networks of a pool's nodes."""

    gvnic: bool = True
    """Whether nodes use Google Virtual NIC, which is faster and which newer machines require."""

    fast_socket: bool = False
    """Whether nodes use NCCL Fast Socket. For machines without GPUDirect."""

    additional_networks: list[NodeNetwork] = []
    """Networks in addition to the primary one, in the order of the interfaces: GPUDirect needs four on A3 High,
    eight on A3 Mega, nine on A3 Ultra and A4. The cluster needs multi-networking, an option of `GkeCluster`, and pods
    need `GkeNodeNetworks`, which a stack creates."""

    accelerator_profile: bool = False
    """Instead of `additional_networks`: whether GKE creates and manages the networks that GPUDirect needs."""

    private_nodes: bool | None = None
    """Whether nodes have only internal IP addresses. By default the cluster's setting."""

    pod_range: str | None = None
    """Name of the subnetwork's secondary range for pods. By default the cluster's."""


def network_config(network: GkeNetwork) -> dict[str, Any]:
    """Return the pool's network inputs, empty if the cluster's settings apply.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/gpu-bandwidth-gpudirect-tcpx
    """
    additional = [{"network": each.network, "subnetwork": each.subnetwork} for each in network.additional_networks]
    config = {
        **({"acceleratorNetworkProfile": "auto"} if network.accelerator_profile else {}),
        **({"additionalNodeNetworkConfigs": additional} if additional else {}),
        **({"enablePrivateNodes": network.private_nodes} if network.private_nodes is not None else {}),
        **({"podRange": network.pod_range} if network.pod_range is not None else {}),
    }
    return {"networkConfig": config} if config else {}


def interface_inputs(network: GkeNetwork) -> dict[str, Any]:
    """Return the nodes' interface inputs."""
    return {
        "gvnic": {"enabled": network.gvnic},
        **({"fastSocket": {"enabled": True}} if network.fast_socket else {}),
    }
