"""The component of a pool's network objects."""

import json
from typing import Any, ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.nodepools.gke_networks.args import GkeNodeNetworksArgs
from gpuplane.nodepools.gke_networks.args_dict import GkeNodeNetworksArgsDict
from gpuplane.platforms import Platform

API_VERSION = "networking.gke.io/v1"


class GkeNodeNetworks(Component):
    """A Network and a GKENetworkParamSet for each network that a pool's nodes have beside the primary one.

    Without them pods cannot have an interface there. The cluster needs multi-networking, and the pool the same
    networks in the same order. What pods need beside them, Google's NCCL plugin on the nodes, is not made here:
    see docs/gke-node-pools.md.
    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/gpu-bandwidth-gpudirect-tcpx

    Example:
        >>> networks = [{"network": f"gpu-{index}", "subnetwork": f"gpu-{index}"} for index in range(8)]
        >>> mega = GkeNodeNetworks("mega", {"machine_type": "a3-megagpu-8g", "networks": networks})

    Attributes:
        names: The names of the networks, `NAME-1` and so on.
        annotations: The annotations by which a pod gets an interface on each of them, `eth1` and so on, beside `eth0`.
    """

    SECTION: ClassVar[Section | None] = Section("pools.gke.{name}")
    CHILDREN: ClassVar[tuple[str, ...]] = ("parameters", "network")

    def __init__(
        self, name: str, args: GkeNodeNetworksArgs | GkeNodeNetworksArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = GkeNodeNetworksArgs.parse(f'GkeNodeNetworks "{name}"', args)
        super().__init__(name, checked, opts)
        self.names = [f"{name}-{index}" for index in range(1, len(checked.networks) + 1)]
        self.annotations = annotations(self.names)
        for index, made in enumerate(self.names):
            parameters = self.make(
                k8s.apiextensions.CustomResource,
                "parameters",
                parameters_inputs(made, checked, index),
                suffix=f"parameters-{index + 1}",
            )
            self.make(
                k8s.apiextensions.CustomResource,
                "network",
                network_inputs(made),
                pulumi.ResourceOptions(depends_on=[parameters]),
                suffix=f"network-{index + 1}",
            )
        self.register_outputs({"names": self.names})


def parameters_inputs(name: str, args: GkeNodeNetworksArgs, index: int) -> dict[str, Any]:
    """Return the inputs of the GKENetworkParamSet: the VPC network and the kind of interface.

    Machines with RDMA have one ordinary interface first, then one for RDMA per GPU. Source:
    https://github.com/GoogleCloudPlatform/cluster-toolkit/blob/v1.95.0/examples/gke-a4/gke-a4.yaml
    """
    network = args.networks[index]
    has_rdma = args.catalogue.machine(Platform.GKE, args.machine_type).network.gpudirect == "rdma"
    return {
        "apiVersion": API_VERSION,
        "kind": "GKENetworkParamSet",
        "metadata": {"name": name},
        "spec": {
            "vpc": network.network,
            "vpcSubnet": network.subnetwork,
            "deviceMode": "RDMA" if has_rdma and index else "NetDevice",
        },
    }


def network_inputs(name: str) -> dict[str, Any]:
    """Return the inputs of the Network, which pods refer to by its name."""
    parameters = {"group": API_VERSION.partition("/")[0], "kind": "GKENetworkParamSet", "name": name}
    return {
        "apiVersion": API_VERSION,
        "kind": "Network",
        "metadata": {"name": name},
        "spec": {"type": "Device", "parametersRef": parameters},
    }


def annotations(names: list[str]) -> dict[str, str]:
    """Return the annotations that give a pod an interface on each of the networks.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/setup-multinetwork-support-for-pods

    Example:
        >>> annotations(["mega-1"])["networking.gke.io/interfaces"]
        '[{"interfaceName":"eth0","network":"default"},{"interfaceName":"eth1","network":"mega-1"}]'
    """
    interfaces = [{"interfaceName": f"eth{index}", "network": name} for index, name in enumerate(["default", *names])]
    return {
        "networking.gke.io/default-interface": "eth0",
        "networking.gke.io/interfaces": json.dumps(interfaces, separators=(",", ":")),
    }
