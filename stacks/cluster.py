"""The stack's cluster, with an explicit provider for its cloud and one for its Kubernetes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

import gpuplane
from gpuplane.clusters.eks.args import ExistingEksClusterArgs
from gpuplane.clusters.gke.args import ExistingGkeClusterArgs
from gpuplane.stackconfig.sections.cluster import ClusterConfig


@dataclass(frozen=True)
class Cluster:
    """A cluster as the rest of the stack needs it.

    Attributes:
        name: Its name, or that of its kubeconfig context.
        kubernetes: The provider of what goes into it.
        cloud: The provider of what goes beside it, None for a kubeconfig context.
        place: The arguments that put a node pool into it.
        autoscaler: What a cluster autoscaler has to know of it; empty but on EKS.
    """

    name: pulumi.Input[str]
    kubernetes: k8s.Provider
    cloud: pulumi.ProviderResource | None
    place: dict[str, Any]
    autoscaler: dict[str, Any] = field(default_factory=dict[str, Any])

    def inside(self, depends_on: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """Options of what goes into the cluster."""
        return pulumi.ResourceOptions(providers=[self.kubernetes], depends_on=depends_on)

    def beside(self) -> pulumi.ResourceOptions:
        """Options of what its cloud makes for it."""
        return pulumi.ResourceOptions(providers=[self.cloud] if self.cloud else [])

    def both(self, depends_on: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """Options of what has a part in the cluster and one beside it."""
        providers = [self.kubernetes, *([self.cloud] if self.cloud else [])]
        return pulumi.ResourceOptions(providers=providers, depends_on=depends_on)


def cluster_of(config: ClusterConfig, name: str) -> Cluster:
    """The one cluster that the config says; a new one gets the name."""
    if gke := config.gke or config.existing_gke:
        import pulumi_gcp as gcp

        google = gcp.Provider("gcp", project=gke.project)
        opts = pulumi.ResourceOptions(providers=[google])
        made = (
            gpuplane.ExistingGkeCluster(name, gke, opts)
            if isinstance(gke, ExistingGkeClusterArgs)
            else gpuplane.GkeCluster(name, gke, opts)
        )
        place = {"cluster": made.cluster, "project": made.project, "location": made.location}
        return Cluster(made.cluster, made.provider, google, place)
    if eks := config.eks or config.existing_eks:
        import pulumi_aws as aws

        amazon = aws.Provider("aws", region=eks.region)
        opts = pulumi.ResourceOptions(providers=[amazon])
        made = (
            gpuplane.ExistingEksCluster(name, eks, opts)
            if isinstance(eks, ExistingEksClusterArgs)
            else gpuplane.EksCluster(name, eks, opts)
        )
        place = {
            "cluster": made.cluster,
            "cluster_security_group_id": made.security_group_id,
            "vpc_id": made.vpc_id,
        }
        scaled = {"cluster": made.cluster, "region": made.region, "kubernetes_version": made.version}
        return Cluster(made.cluster, made.provider, amazon, place, scaled)
    assert config.kubeconfig
    made = gpuplane.KubeconfigCluster(name, config.kubeconfig)
    return Cluster(config.kubeconfig.context, made.provider, None, {})
