"""The platforms that gpuplane knows."""

from enum import StrEnum


class Platform(StrEnum):
    """A platform that clusters run on. Each has a table in `data/` with the name of its value."""

    GKE = "gke"
    EKS = "eks"
    KUBECONFIG = "kubeconfig"
    """A cluster that a kubeconfig context names: its nodes are unknown, and it runs no cloud's controllers."""
