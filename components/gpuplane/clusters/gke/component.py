"""GKE clusters: a new one, or one that is there."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from gpuplane.clusters.args import ExistingGkeClusterArgs, GkeClusterArgs
from gpuplane.clusters.connection import gke_kubeconfig, kubernetes_provider
from gpuplane.clusters.gke.account import node_account
from gpuplane.clusters.gke.parts import access_inputs, maintenance_inputs, name_problems
from gpuplane.component.base import Component
from gpuplane.component.section import Section


class ExistingGkeCluster(Component):
    """A GKE cluster that something else made. Nothing is created but the provider.

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
        args: ExistingGkeClusterArgs | Mapping[str, Any],
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

    A regional control plane has an hourly management fee, and its private nodes need a Cloud NAT to reach the
    internet, which this component leaves to the network's owner.

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
        self, name: str, args: GkeClusterArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
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
                "nodeConfig": _cpu_node(checked, account.email),
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


def gke_identifier(project: str, location: str, cluster: str) -> str:
    """What makes a GKE cluster this one, known before it exists."""
    return f"projects/{project}/locations/{location}/clusters/{cluster}"


def cluster_inputs(args: GkeClusterArgs) -> dict[str, Any]:
    """The inputs of the cluster itself."""
    ranges = {"clusterSecondaryRangeName": args.pod_range, "servicesSecondaryRangeName": args.service_range}
    return {
        "project": args.project,
        "location": args.location,
        "network": args.network,
        **({"subnetwork": args.subnetwork} if args.subnetwork is not None else {}),
        **({"resourceLabels": args.labels} if args.labels else {}),
        "deletionProtection": args.deletion_protection,
        "removeDefaultNodePool": True,
        "initialNodeCount": 1,
        "releaseChannel": {"channel": args.release_channel.value},
        **maintenance_inputs(args.maintenance),
        "workloadIdentityConfig": {"workloadPool": f"{args.project}.svc.id.goog"},
        "privateClusterConfig": {
            "enablePrivateNodes": True,
            **({"enablePrivateEndpoint": True} if args.private_endpoint else {}),
        },
        **access_inputs(args.authorized_networks),
        "ipAllocationPolicy": {"stackType": "IPV4", **{key: name for key, name in ranges.items() if name}},
        "datapathProvider": "ADVANCED_DATAPATH",
        **({"enableMultiNetworking": True} if args.multi_networking else {}),
        **(
            {"databaseEncryption": {"state": "ENCRYPTED", "keyName": args.secrets_kms_key}}
            if args.secrets_kms_key is not None
            else {}
        ),
        "enableShieldedNodes": True,
        "securityPostureConfig": {"mode": "BASIC"},
        "costManagementConfig": {"enabled": True},
        "gatewayApiConfig": {"channel": "CHANNEL_STANDARD"},
        "loggingConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS"]},
        "monitoringConfig": {
            "enableComponents": ["SYSTEM_COMPONENTS", "DCGM"],
            "managedPrometheus": {"enabled": True},
        },
        "addonsConfig": {
            "gcePersistentDiskCsiDriverConfig": {"enabled": True},
            "gcpFilestoreCsiDriverConfig": {"enabled": True},
            "gcsFuseCsiDriverConfig": {"enabled": True},
        },
    }


def cpu_pool_inputs(args: GkeClusterArgs) -> dict[str, Any]:
    """The inputs of the CPU pool, but for its nodes' configuration."""
    return {
        "project": args.project,
        "location": args.location,
        "autoscaling": {
            "totalMinNodeCount": 1,
            "totalMaxNodeCount": args.cpu_max_nodes,
            "locationPolicy": "BALANCED",
        },
        "management": {"autoRepair": True, "autoUpgrade": True},
        "upgradeSettings": {"maxSurge": 1, "maxUnavailable": 0},
    }


def _cpu_node(args: GkeClusterArgs, service_account: pulumi.Output[str]) -> dict[str, Any]:
    return {
        "machineType": args.cpu_machine_type,
        "imageType": "COS_CONTAINERD",
        "serviceAccount": service_account,
        "oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"],
        "workloadMetadataConfig": {"mode": "GKE_METADATA"},
        "shieldedInstanceConfig": {"enableSecureBoot": True, "enableIntegrityMonitoring": True},
        "kubeletConfig": {"insecureKubeletReadonlyPortEnabled": "FALSE"},
        **({"resourceLabels": args.labels} if args.labels else {}),
    }
