"""What a stack says of its cluster."""

from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.paths import within
from gpuplane.clusters.autoscaler.args import ClusterAutoscalerShape
from gpuplane.clusters.eks.args import EksClusterArgs, ExistingEksClusterArgs
from gpuplane.clusters.eks.fields import CPU_MIN_NODES
from gpuplane.clusters.gke.args import ExistingGkeClusterArgs, GkeClusterArgs
from gpuplane.clusters.karpenter.args import KarpenterShape
from gpuplane.clusters.kubeconfig.args import KubeconfigClusterArgs
from gpuplane.platforms import Platform, facts

_KINDS = ("gke", "existing_gke", "eks", "existing_eks", "kubeconfig")
_SCALERS = ("autoscaler", "karpenter")


class ClusterAutoscalerConfig(ClusterAutoscalerShape):
    """The cluster autoscaler of a stack's EKS cluster."""

    enabled: bool | None = None
    """Whether it is made. By default it is for a new cluster whose pools or CPU nodes may grow; in a cluster that is
    there, one is taken to be there as well."""


class KarpenterConfig(KarpenterShape):
    """Karpenter in a stack's EKS cluster."""

    enabled: bool | None = None
    """Whether it is made. By default it is for a new cluster with `pools.karpenter`; in a cluster that is there, it is
    taken to be there as well."""


class ClusterConfig(Args):
    """The cluster: exactly one of its kinds, and what scales its nodes."""

    gke: GkeClusterArgs | None = None
    """A new GKE cluster."""

    existing_gke: ExistingGkeClusterArgs | None = None
    """A GKE cluster that is there."""

    eks: EksClusterArgs | None = None
    """A new EKS cluster."""

    existing_eks: ExistingEksClusterArgs | None = None
    """An EKS cluster that is there."""

    kubeconfig: KubeconfigClusterArgs | None = None
    """A cluster that a kubeconfig context names, such as kind's or minikube's."""

    autoscaler: ClusterAutoscalerConfig = ClusterAutoscalerConfig()
    """The cluster autoscaler of an EKS cluster; GKE has its own."""

    karpenter: KarpenterConfig = KarpenterConfig()
    """Karpenter in an EKS cluster, for `pools.karpenter`."""

    def own_problems(self) -> Iterable[Problem]:
        """Exactly one cluster, free of problems."""
        chosen = [name for name in _KINDS if getattr(self, name) is not None]
        if len(chosen) != 1:
            allowed = "gke, existingGke, eks, existingEks, kubeconfig"
            yield Problem("", f"must say exactly one kind of cluster, got {chosen or 'none'}, allowed: {allowed}")
        for name in chosen:
            yield from within(name, getattr(self, name).problems())
        for name in _SCALERS if self.platform is not Platform.EKS else ():
            if name in self.model_fields_set:
                known = facts(self.platform)
                got = f"{known.title}, which scales its pools itself" if known.scales_nodes else known.title
                yield Problem(name, f"must be left out but on EKS, got {got}, fix: set it to null")

    def makes_autoscaler(self, may_grow: bool) -> bool:
        """Whether the stack makes a cluster autoscaler.

        Args:
            may_grow: Whether any of its EKS pools may have more nodes than its fewest.
        """
        if self.autoscaler.enabled is not None:
            return self.autoscaler.enabled
        return self.eks is not None and (may_grow or self.eks.cpu_max_nodes > CPU_MIN_NODES)

    def makes_karpenter(self, has_pools: bool) -> bool:
        """Whether the stack makes Karpenter.

        Args:
            has_pools: Whether it has pools of Karpenter.
        """
        if self.karpenter.enabled is not None:
            return self.karpenter.enabled
        return self.eks is not None and has_pools

    @property
    def platform(self) -> Platform:
        """The platform that it runs on."""
        if self.gke or self.existing_gke:
            return Platform.GKE
        return Platform.EKS if self.eks or self.existing_eks else Platform.KUBECONFIG

    @property
    def version(self) -> str | None:
        """Its Kubernetes version, such as `1.33`; None where the platform decides it, or another program did."""
        return self.eks.version if self.eks else None
