"""The arguments of the cluster autoscaler."""

from gpuplane.arguments.inputs import Input
from gpuplane.component.base import ComponentArgs


class ClusterAutoscalerShape(ComponentArgs):
    """The cluster autoscaler."""

    image: Input[str] | None = None
    """Its image. By default the release for the cluster's Kubernetes version."""


class ClusterAutoscalerArgs(ClusterAutoscalerShape):
    """Arguments of `ClusterAutoscaler`."""

    cluster: Input[str]
    """Name of the cluster; it needs the add-on `eks-pod-identity-agent`."""

    region: str
    """The AWS region it is in, such as `us-east-1`."""

    kubernetes_version: Input[str]
    """The cluster's Kubernetes version, such as `1.33`."""
