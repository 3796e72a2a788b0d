"""The component of a cluster that a kubeconfig context names: kind, minikube, or any other."""

from typing import ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.clusters.kubeconfig.args import KubeconfigClusterArgs
from gpuplane.clusters.kubeconfig.args_dict import KubeconfigClusterArgsDict
from gpuplane.component.base import Component
from gpuplane.component.section import Section


class KubeconfigCluster(Component):
    """An existing cluster, reached by a kubeconfig context.

    Example:
        >>> cluster = KubeconfigCluster("local", {"context": "kind-kind"})

    Attributes:
        provider: The Kubernetes provider of this cluster.
    """

    SECTION: ClassVar[Section | None] = Section("cluster.kubeconfig")
    CHILDREN: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        name: str,
        args: KubeconfigClusterArgs | KubeconfigClusterArgsDict,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        checked = KubeconfigClusterArgs.parse(f'KubeconfigCluster "{name}"', args)
        super().__init__(name, checked, opts)
        self.provider = k8s.Provider(
            f"{name}-kubernetes",
            kubeconfig=checked.kubeconfig,
            context=checked.context,
            cluster_identifier=checked.context,
            enable_server_side_apply=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"context": checked.context})
