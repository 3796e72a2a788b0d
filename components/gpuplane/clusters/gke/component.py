"""The components of GKE clusters: a new one, and an existing one."""

from typing import ClassVar

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from gpuplane.clusters.connection import gke_kubeconfig, kubernetes_provider
from gpuplane.clusters.gke.account import node_account
from gpuplane.clusters.gke.args import ExistingGkeClusterArgs, GkeClusterArgs
from gpuplane.clusters.gke.args_dict import ExistingGkeClusterArgsDict, GkeClusterArgsDict
from gpuplane.clusters.gke.inputs import cluster_inputs, cpu_node_inputs, cpu_pool_inputs, gke_identifier
from gpuplane.clusters.gke.rules import name_problems
from gpuplane.component.base import Component
from gpuplane.component.section import Section


class ExistingGkeCluster(Component):
    """An existing GKE cluster. Creates nothing but the Kubernetes provider.

    Example:
        >>> cluster = ExistingGkeCluster("ml", {"cluster": "ml", "project": "acme", "location": "us-central1"})

    Attributes:
        provider: The Kubernetes provider of this cluster.
        cluster: Its name.
        project: Its project.
        location: Its region or zone.
    """

    SECTION: ClassVar[Section | None] = Section("cluster.existingGke")
    CHILDREN: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        name: str,
        args: ExistingGkeClusterArgs | ExistingGkeClusterArgsDict,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        checked = ExistingGkeClusterArgs.parse(f'ExistingGkeCluster "{name}"', args)
        super().__init__(name, checked, opts)
        found = gcp.container.get_cluster_output(
            name=checked.cluster,
            project=checked.project,
            location=checked.location,
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        self.provider: k8s.Provider = kubernetes_provider(
            self,
            f"{name}-kubernetes",
            gke_kubeconfig(checked.cluster, found.endpoint, found.master_auths[0].cluster_ca_certificate),
            gke_identifier(checked.project, checked.location, checked.cluster),
        )
        self.cluster: pulumi.Output[str] = pulumi.Output.from_input(checked.cluster)
        self.project = checked.project
        self.location = checked.location
        self.register_outputs({"cluster": self.cluster, "location": self.location})


class GkeCluster(Component):
    """A regional GKE cluster with private nodes, workload identity, and a small CPU pool with its own account.

    A regional control plane is billed by the hour, and its private nodes need a Cloud NAT to reach the
    internet, which this component does not create.

    Example:
        >>> cluster = GkeCluster("ml", {"project": "acme", "location": "us-central1"})

    Attributes:
        provider: The Kubernetes provider of this cluster.
        cluster: Its name.
        project: Its project.
        location: Its region.
        resource: The `gcp.container.Cluster`.
    """

    SECTION: ClassVar[Section | None] = Section(
        "cluster.gke", {"maxNodes": "cpuMaxNodes", "machineType": "cpuMachineType", "zones": "location"}
    )
    CHILDREN: ClassVar[tuple[str, ...]] = ("cluster", "nodes-account", "nodes-role", "cpu")

    def __init__(
        self, name: str, args: GkeClusterArgs | GkeClusterArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = GkeClusterArgs.parse(f'GkeCluster "{name}"', args, name_problems(name))
        super().__init__(name, checked, opts)
        # A pool made with the cluster cannot be changed without replacing the cluster: it goes at once.
        self.resource = self.make(
            gcp.container.Cluster,
            "cluster",
            {"name": name, **cluster_inputs(checked)},
            pulumi.ResourceOptions(ignore_changes=["initialNodeCount"]),
        )
        account, roles = node_account(self, checked.project, f"{name}-nodes", child="nodes-")
        cpu = self.make(
            gcp.container.NodePool,
            "cpu",
            {
                "cluster": self.resource.name,
                **cpu_pool_inputs(checked),
                "nodeConfig": cpu_node_inputs(checked, account.email),
            },
            pulumi.ResourceOptions(ignore_changes=["initialNodeCount", "nodeCount"], depends_on=roles),
        )
        self.provider: k8s.Provider = kubernetes_provider(
            self,
            f"{name}-kubernetes",
            gke_kubeconfig(name, self.resource.endpoint, self.resource.master_auth.cluster_ca_certificate),
            gke_identifier(checked.project, checked.location, name),
            pulumi.ResourceOptions(depends_on=[cpu]),
        )
        self.cluster: pulumi.Output[str] = self.resource.name
        self.project = checked.project
        self.location = checked.location
        self.register_outputs({"cluster": self.cluster, "location": self.location})
