"""The nodes of EKS managed node groups."""

from collections.abc import Mapping
from typing import Any

from gpuplane.hardware import Catalogue, Machine, Sharing, advertised
from gpuplane.hardware.ami_types import CUSTOM, DEFAULT, ami_types
from gpuplane.platforms import Platform
from gpuplane.simulation.inputs import at
from gpuplane.simulation.locations import eks_zones
from gpuplane.simulation.nodes import mig_manager
from gpuplane.simulation.nodes.efa import efa_interfaces, huge_pages_mib
from gpuplane.simulation.nodes.machines import eks_instance_types
from gpuplane.simulation.nodes.node import (
    NVIDIA_DEVICE_PLUGIN,
    MigCut,
    NodeFacts,
    common_labels,
    digest,
    kubernetes_taints,
    node,
)
from gpuplane.simulation.nodes.pool import CLUSTER_AUTOSCALER, PoolNodes
from gpuplane.simulation.nodes.sizes import eks_sizes
from gpuplane.simulation.nodes.user_data import bottlerocket_mig_profile

_HOSTS = 250
BOTTLEROCKET = "bottlerocket"


def group_nodes(
    name: str, inputs: Mapping[str, Any], launch_template: Mapping[str, Any], catalogue: Catalogue
) -> PoolNodes:
    """Return the nodes of an `aws:eks/nodeGroup:NodeGroup`, all of its first instance type."""
    group = at(inputs, "nodeGroupName", name)
    region = at(inputs, "region", "us-east-1")
    cluster = at(inputs, "clusterName", "cluster")
    zones = eks_zones(region, len(at(inputs, "subnetIds", [])))
    found = catalogue.machine(Platform.EKS, eks_instance_types(inputs, launch_template)[0])
    ami = at(inputs, "amiType", CUSTOM if at(launch_template, "imageId") else DEFAULT)
    advertiser = _advertiser(ami) if found.vendor == "nvidia" else ""
    mig = _mig_cut(found, inputs) if advertiser == NVIDIA_DEVICE_PLUGIN else None
    profile = bottlerocket_mig_profile(launch_template) if advertiser == BOTTLEROCKET else ""
    gpus = advertised(found, Sharing(mig_profile=profile)) if found.vendor == "nvidia" else 0
    is_bottlerocket = ami.startswith("BOTTLEROCKET")
    pages = huge_pages_mib(found, launch_template, is_bottlerocket)
    capacity, allocatable = eks_sizes(found, inputs, launch_template, pages)
    labels = {
        **_own_labels(group, inputs),
        **{key: str(value) for key, value in at(inputs, "labels", {}).items()},
    }
    taints = kubernetes_taints(at(inputs, "taints", []))
    version = at(inputs, "version", "1.36")

    def make(index: int) -> dict[str, Any]:
        zone = zones[index % len(zones)]
        digits = digest(cluster, group, str(index))
        return node(
            NodeFacts(
                name=host_name(cluster, group, index, region),
                labels={**common_labels(found.architecture, found.name, region, zone), **labels},
                taints=taints,
                capacity=capacity,
                allocatable=allocatable,
                provider_id=f"aws:///{zone}/i-{digits[:17]}",
                architecture=found.architecture,
                os_image="Bottlerocket OS" if is_bottlerocket else "Amazon Linux 2023",
                kubelet=f"v{version}.0-eks-1",
                gpus=gpus,
                advertiser=advertiser,
                mig=mig,
                efa_interfaces=efa_interfaces(launch_template),
            )
        )

    return PoolNodes(
        group,
        int(at(inputs, "scalingConfig.desiredSize", at(inputs, "scalingConfig.minSize", 0))),
        int(at(inputs, "scalingConfig.maxSize", 0)),
        zones,
        gpus,
        advertiser,
        make,
        autoscaler=CLUSTER_AUTOSCALER,
    )


def _mig_cut(found: Machine, inputs: Mapping[str, Any]) -> MigCut | None:
    """Return how NVIDIA's MIG manager cuts each GPU by the node's label; None where it does not."""
    profile = mig_manager.profile_of(str(at(inputs, "labels", {}).get(mig_manager.CONFIG_LABEL, "")))
    partitions = found.gpu.mig_profiles.get(profile) if found.gpu else None
    return MigCut(profile, partitions) if partitions else None


def _advertiser(ami: str) -> str:
    if ami == CUSTOM:
        return NVIDIA_DEVICE_PLUGIN
    found = ami_types().get(ami)
    return found.advertiser if found else ""


def _own_labels(group: str, inputs: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels that EKS sets. Source:
    https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html.
    """
    own = {
        "eks.amazonaws.com/nodegroup": group,
        "eks.amazonaws.com/capacityType": at(inputs, "capacityType", "ON_DEMAND"),
        "eks.amazonaws.com/sourceLaunchTemplateId": at(inputs, "launchTemplate.id", ""),
        "eks.amazonaws.com/sourceLaunchTemplateVersion": _version(at(inputs, "launchTemplate.version", "")),
    }
    return {key: value for key, value in own.items() if value}


def _version(given: Any) -> str:
    return str(int(given)) if isinstance(given, float) else str(given)


def host_name(cluster: str, group: str, index: int, region: str) -> str:
    """Return a node's private DNS name, with an address from a /16 of its group."""
    digits = digest(cluster, group)
    high, low = divmod(index, _HOSTS)
    second, third = int(digits[:2], 16), (int(digits[2:4], 16) + high) % 256
    domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return f"ip-10-{second}-{third}-{low + 4}.{domain}"
