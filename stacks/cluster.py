"""The stack's cluster, with an explicit provider for its cloud and one for its Kubernetes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

import gpuplane
from gpuplane.clusters.eks.args import EksClusterArgs, ExistingEksClusterArgs
from gpuplane.clusters.gke.args import ExistingGkeClusterArgs, GkeClusterArgs
from gpuplane.stackconfig.sections.cluster import ClusterConfig


@dataclass(frozen=True)
class Cluster:
    """The stack's cluster and the providers for it.

    Attributes:
        name: Its name, or that of its kubeconfig context.
        kubernetes: The provider of its Kubernetes objects.
        cloud: The provider of its cloud's resources, None for a kubeconfig context.
        place: The arguments by which a node pool joins it.
        autoscaler: The arguments that a cluster autoscaler takes from it; empty except on EKS.
    """

    name: pulumi.Input[str]
    kubernetes: k8s.Provider
    cloud: pulumi.ProviderResource | None
    place: dict[str, Any]
    autoscaler: dict[str, Any] = field(default_factory=dict[str, Any])

    def inside(self, depends_on: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """Return the options of a component with Kubernetes objects only."""
        return pulumi.ResourceOptions(providers=[self.kubernetes], depends_on=depends_on)

    def beside(self) -> pulumi.ResourceOptions:
        """Return the options of a component with cloud resources only."""
        return pulumi.ResourceOptions(providers=[self.cloud] if self.cloud else [])

    def both(self, depends_on: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """Return the options of a component with both."""
        providers = [self.kubernetes, *([self.cloud] if self.cloud else [])]
        return pulumi.ResourceOptions(providers=providers, depends_on=depends_on)


def cluster_of(config: ClusterConfig, name: str) -> Cluster:
    """Make or look up the stack's cluster.

    Args:
        config: The cluster's config.
        name: The name of a new cluster.
    """
    if gke := config.gke or config.existing_gke:
        return _gke_cluster(gke, name)
    if eks := config.eks or config.existing_eks:
        return _eks_cluster(eks, name)
    assert config.kubeconfig
    made = gpuplane.KubeconfigCluster(name, config.kubeconfig)
    return Cluster(config.kubeconfig.context, made.provider, None, {})


def _gke_cluster(args: GkeClusterArgs | ExistingGkeClusterArgs, name: str) -> Cluster:
    import pulumi_gcp as gcp

    cloud = gcp.Provider("gcp", project=args.project)
    opts = pulumi.ResourceOptions(providers=[cloud])
    is_new = isinstance(args, GkeClusterArgs)
    made = gpuplane.GkeCluster(name, args, opts) if is_new else gpuplane.ExistingGkeCluster(name, args, opts)
    place = {"cluster": made.cluster, "project": made.project, "location": made.location}
    return Cluster(made.cluster, made.provider, cloud, place)


def _eks_cluster(args: EksClusterArgs | ExistingEksClusterArgs, name: str) -> Cluster:
    import pulumi_aws as aws

    cloud = aws.Provider("aws", region=args.region)
    opts = pulumi.ResourceOptions(providers=[cloud])
    is_new = isinstance(args, EksClusterArgs)
    made = gpuplane.EksCluster(name, args, opts) if is_new else gpuplane.ExistingEksCluster(name, args, opts)
    place = {"cluster": made.cluster, "cluster_security_group_id": made.security_group_id, "vpc_id": made.vpc_id}
    scaled = {"cluster": made.cluster, "region": made.region, "kubernetes_version": made.version}
    return Cluster(made.cluster, made.provider, cloud, place, scaled)
