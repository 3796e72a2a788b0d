"""The arguments of a cluster that a kubeconfig context names."""

from gpuplane.arguments.inputs import Input
from gpuplane.component.base import ComponentArgs


class KubeconfigClusterArgs(ComponentArgs):
    """Arguments of `KubeconfigCluster`."""

    context: str
    """Name of the context. It identifies the cluster: another name replaces all objects in it."""

    kubeconfig: Input[str] | None = None
    """Path of the kubeconfig file, or its text. By default what kubectl reads: `KUBECONFIG`, else `~/.kube/config`."""
