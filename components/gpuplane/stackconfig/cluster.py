"""What a stack says of its cluster."""

from collections.abc import Iterable

from gpuplane.args import Args, within
from gpuplane.clusters.args import (
    EksClusterArgs,
    ExistingEksClusterArgs,
    ExistingGkeClusterArgs,
    GkeClusterArgs,
    KubeconfigClusterArgs,
)
from gpuplane.errors import Problem


class ClusterConfig(Args):
    """The cluster: exactly one of these."""

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

    def problems(self) -> Iterable[Problem]:
        """Exactly one cluster, free of problems."""
        chosen = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(chosen) != 1:
            allowed = "gke, existingGke, eks, existingEks, kubeconfig"
            yield Problem("", f"must say exactly one kind of cluster, got {chosen or 'none'}, allowed: {allowed}")
        for name in chosen:
            yield from within(name, getattr(self, name).problems())

    @property
    def platform(self) -> str | None:
        """`gke`, `eks`, or None for a kubeconfig context."""
        if self.gke or self.existing_gke:
            return "gke"
        return "eks" if self.eks or self.existing_eks else None

    @property
    def version(self) -> str | None:
        """Its Kubernetes version, such as `1.33`; None where the platform decides it, or another program did."""
        return self.eks.version if self.eks else None
