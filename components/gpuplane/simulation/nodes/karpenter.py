"""The nodes that Karpenter creates on EC2 for a NodePool and its EC2NodeClass."""

from collections.abc import Mapping, Sequence
from typing import Any

from gpuplane.hardware import BUILT_IN, Catalogue, Machine, advertised
from gpuplane.hardware.ami_types import ami_types
from gpuplane.kubernetes.quantity import parse
from gpuplane.plain.nested import field
from gpuplane.platforms import Platform
from gpuplane.simulation.locations import eks_zones
from gpuplane.simulation.nodes.eks import host_name
from gpuplane.simulation.nodes.node import NVIDIA_DEVICE_PLUGIN, NodeFacts, common_labels, digest, node
from gpuplane.simulation.nodes.pool import KARPENTER, PoolNodes
from gpuplane.simulation.nodes.sizes import karpenter_sizes

NODE_POOL = ("karpenter.sh/v1", "NodePool")
NODE_CLASS = ("karpenter.k8s.aws/v1", "EC2NodeClass")

# Without limits Karpenter adds nodes for all pending pods; the simulation stops here.
UNLIMITED = 100
_INSTANCE_TYPE = "node.kubernetes.io/instance-type"
_CAPACITY_TYPE = "karpenter.sh/capacity-type"
_CHEAPEST_FIRST = ("reserved", "spot", "on-demand")


def karpenter_nodes(
    pool: Mapping[str, Any],
    node_class: Mapping[str, Any],
    region: str = "us-east-1",
    catalogue: Catalogue = BUILT_IN,
) -> PoolNodes:
    """Return the nodes of a NodePool, all of its smallest instance type. It starts without nodes.

    Args:
        pool: The NodePool.
        node_class: Its EC2NodeClass.
        region: The region of the nodes.
        catalogue: The machine types that EC2 offers.

    Raises:
        ValueError: The hardware catalogue has none of its instance types.
    """
    name = str(pool["metadata"]["name"])
    found = _smallest(_required(pool, _INSTANCE_TYPE), catalogue)
    bought = _required(pool, _CAPACITY_TYPE) or ["on-demand"]
    capacity_type = next((kind for kind in _CHEAPEST_FIRST if kind in bought), bought[0])
    zones = eks_zones(region, len(field(node_class, "spec.subnetSelectorTerms", [])))
    os = _os(node_class)
    gpus = advertised(found) if found.vendor == "nvidia" else 0
    advertiser = _advertiser(os, found) if gpus else ""
    capacity, allocatable = karpenter_sizes(found, field(node_class, "spec", {}))
    labels = {
        **{str(key): str(value) for key, value in field(pool, "spec.template.metadata.labels", {}).items()},
        "karpenter.sh/nodepool": name,
        "karpenter.sh/capacity-type": capacity_type,
        "karpenter.sh/initialized": "true",
        "karpenter.sh/registered": "true",
        "karpenter.k8s.aws/ec2nodeclass": str(node_class["metadata"]["name"]),
        **({"karpenter.k8s.aws/instance-gpu-count": str(gpus)} if gpus else {}),
    }

    def make(index: int) -> dict[str, Any]:
        zone = zones[index % len(zones)]
        return node(
            NodeFacts(
                name=host_name("karpenter", name, index, region),
                labels={**common_labels(found.architecture, found.name, region, zone), **labels},
                taints=field(pool, "spec.template.spec.taints", []),
                capacity=capacity,
                allocatable=allocatable,
                provider_id=f"aws:///{zone}/i-{digest('karpenter', name, str(index))[:17]}",
                architecture=found.architecture,
                os_image="Bottlerocket OS" if os == "bottlerocket" else "Amazon Linux 2023",
                kubelet="v1.36.0-eks-1",
                gpus=gpus,
                advertiser=advertiser,
            )
        )

    return PoolNodes(name, 0, _most(pool, found, gpus), zones, gpus, advertiser, make, autoscaler=KARPENTER)


def _required(pool: Mapping[str, Any], key: str) -> list[str]:
    requirements: Sequence[Mapping[str, Any]] = field(pool, "spec.template.spec.requirements", [])
    return [
        str(value)
        for one in requirements
        if one.get("key") == key and one.get("operator") == "In"
        for value in one.get("values", [])
    ]


def _smallest(names: Sequence[str], catalogue: Catalogue) -> Machine:
    if not names:
        raise ValueError(f"no instance types are required, fix: a requirement {_INSTANCE_TYPE} In [...]")
    return min(
        (catalogue.machine(Platform.EKS, name) for name in names), key=lambda known: (known.vcpus, known.memory_gib)
    )


def _most(pool: Mapping[str, Any], found: Machine, gpus: int) -> int:
    """Return how many nodes the pool's limits allow."""
    each = {"nvidia.com/gpu": gpus, "cpu": found.vcpus, "nodes": 1}
    limits: Mapping[str, Any] = field(pool, "spec.limits", {})
    return min(
        [UNLIMITED, *(int(parse(str(limits[key]))) // size for key, size in each.items() if key in limits and size)]
    )


def _os(node_class: Mapping[str, Any]) -> str:
    aliases = [str(term.get("alias", "")) for term in field(node_class, "spec.amiSelectorTerms", [])]
    family = aliases[0].partition("@")[0] if aliases else ""
    return family or str(field(node_class, "spec.amiFamily", "al2023")).lower()


def _advertiser(os: str, found: Machine) -> str:
    fitting = (ami for ami in ami_types().values() if ami.os == os and ami.supports(found))
    return next((ami.advertiser for ami in fitting), NVIDIA_DEVICE_PLUGIN)
