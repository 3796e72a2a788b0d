"""The `cluster` section."""

from collections.abc import Iterable

from pydantic.alias_generators import to_camel

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
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
    """Whether to install it. Default: yes in a new cluster with scalable pools; an existing cluster is assumed to have
    one."""


class KarpenterConfig(KarpenterShape):
    """Karpenter in a stack's EKS cluster."""

    enabled: bool | None = None
    """Whether to install it. Default: yes in a new cluster with `pools.karpenter`; an existing cluster is assumed to
    have it."""


class ClusterConfig(Args):
    """The cluster, of exactly one kind, and its node autoscalers."""

    gke: GkeClusterArgs | None = None
    """A new GKE cluster."""

    existing_gke: ExistingGkeClusterArgs | None = None
    """An existing GKE cluster."""

    eks: EksClusterArgs | None = None
    """A new EKS cluster."""

    existing_eks: ExistingEksClusterArgs | None = None
    """An existing EKS cluster."""

    kubeconfig: KubeconfigClusterArgs | None = None
    """A cluster of a kubeconfig context, such as one of kind or minikube."""

    autoscaler: ClusterAutoscalerConfig = ClusterAutoscalerConfig()
    """The cluster autoscaler of an EKS cluster; GKE has its own."""

    karpenter: KarpenterConfig = KarpenterConfig()
    """Karpenter in an EKS cluster, for `pools.karpenter`."""

    def own_problems(self) -> Iterable[Problem]:
        """Check that there is exactly one kind of cluster, and no node autoscaler it cannot have."""
        chosen = [name for name in _KINDS if getattr(self, name) is not None]
        if len(chosen) != 1:
            got = ", ".join(map(to_camel, chosen)) or "none"
            allowed = ", ".join(map(to_camel, _KINDS))
            yield Problem("", f"must have exactly one kind of cluster, got {got}, allowed: {allowed}")
        for name in _SCALERS if self.platform is not Platform.EKS else ():
            if name in self.model_fields_set:
                known = facts(self.platform)
                got = f"{known.title}, which scales its pools itself" if known.scales_nodes else known.title
                yield Problem(name, f"supported on EKS only, got {got}, fix: set it to null")

    def makes_autoscaler(self, may_grow: bool) -> bool:
        """Return whether the stack installs a cluster autoscaler.

        Args:
            may_grow: Whether any of its EKS pools may have more nodes than its fewest.
        """
        if self.autoscaler.enabled is not None:
            return self.autoscaler.enabled
        return self.eks is not None and (may_grow or self.eks.cpu_max_nodes > CPU_MIN_NODES)

    def makes_karpenter(self, has_pools: bool) -> bool:
        """Return whether the stack installs Karpenter.

        Args:
            has_pools: Whether it has pools of Karpenter.
        """
        if self.karpenter.enabled is not None:
            return self.karpenter.enabled
        return self.eks is not None and has_pools

    @property
    def platform(self) -> Platform:
        """The cluster's platform."""
        if self.gke or self.existing_gke:
            return Platform.GKE
        return Platform.EKS if self.eks or self.existing_eks else Platform.KUBECONFIG

    @property
    def version(self) -> str | None:
        """Its Kubernetes version, such as `1.33`; None if unknown, since the platform or another program chose it."""
        return self.eks.version if self.eks else None
