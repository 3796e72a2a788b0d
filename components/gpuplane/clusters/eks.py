"""EKS clusters: a new one, or one that is there."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from gpuplane.args import Input
from gpuplane.clusters.args import EksClusterArgs, ExistingEksClusterArgs
from gpuplane.clusters.connection import eks_kubeconfig, kubernetes_provider
from gpuplane.clusters.roles import CONTROL_PLANE_POLICIES, NODE_POLICIES, trust
from gpuplane.component import Component

# A node is ready only when its network is: these come before the nodes, the others need nodes to run on.
ADD_ONS_BEFORE_NODES = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
ADD_ONS_ON_NODES = ("coredns", "metrics-server")


class ExistingEksCluster(Component):
    """An EKS cluster that something else made. Nothing is created but the provider.

    Example:
        >>> cluster = ExistingEksCluster("ml", {"cluster": "ml", "region": "us-east-1"})

    Attributes:
        provider: The Kubernetes provider of this cluster.
        cluster: Its name.
        region: Its region.
        vpc_id: Its VPC.
        security_group_id: The security group that EKS made for it, in which all nodes have to be.
    """

    CHILDREN: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        name: str,
        args: ExistingEksClusterArgs | Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        checked = ExistingEksClusterArgs.of(f'ExistingEksCluster "{name}"', args)
        super().__init__(name, checked, opts)
        found = aws.eks.get_cluster_output(name=checked.cluster, opts=pulumi.InvokeOutputOptions(parent=self))
        self.provider: k8s.Provider = kubernetes_provider(
            self,
            f"{name}-kubernetes",
            eks_kubeconfig(checked.cluster, found.endpoint, found.certificate_authorities[0].data, checked.region),
            eks_identifier(checked.region, checked.cluster),
        )
        self.cluster: pulumi.Output[str] = pulumi.Output.from_input(checked.cluster)
        self.region = checked.region
        self.vpc_id: pulumi.Output[str] = found.vpc_config.vpc_id
        self.security_group_id: pulumi.Output[str] = found.vpc_config.cluster_security_group_id
        self.register_outputs({"cluster": self.cluster})


class EksCluster(Component):
    """An EKS cluster with the pod identity agent, access entries, encrypted secrets and a small CPU node group.

    The control plane and the KMS key have an hourly and a monthly fee.

    Example:
        >>> cluster = EksCluster("ml", {"region": "us-east-1", "subnetIds": ["subnet-1", "subnet-2"]})

    Attributes:
        provider: The Kubernetes provider of this cluster.
        cluster: Its name.
        region: Its region.
        vpc_id: Its VPC.
        security_group_id: The security group that EKS made for it, in which all nodes have to be.
        resource: The `aws.eks.Cluster`.
    """

    CHILDREN: ClassVar[tuple[str, ...]] = (
        "role", "role-policy", "key", "cluster", "cpu-role", "cpu-role-policy", "cpu", "addon",
    )  # fmt: skip

    def __init__(
        self, name: str, args: EksClusterArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = EksClusterArgs.of(f'EksCluster "{name}"', args)
        super().__init__(name, checked, opts)
        role, policies = self._role("role", "eks.amazonaws.com", CONTROL_PLANE_POLICIES)
        key = self.make(
            aws.kms.Key, "key", {"description": f"Secrets of the EKS cluster {name}", "enableKeyRotation": True}
        )
        self.resource = self.make(
            aws.eks.Cluster,
            "cluster",
            {"name": name, "roleArn": role.arn, **cluster_inputs(checked, key.arn)},
            pulumi.ResourceOptions(depends_on=policies),
        )
        network = self._add_ons(ADD_ONS_BEFORE_NODES, [])
        cpu_role, cpu_policies = self._role("cpu-role", "ec2.amazonaws.com", NODE_POLICIES)
        cpu = self.make(
            aws.eks.NodeGroup,
            "cpu",
            {"clusterName": self.resource.name, "nodeRoleArn": cpu_role.arn, **cpu_node_group_inputs(checked)},
            pulumi.ResourceOptions(ignore_changes=["scalingConfig.desiredSize"], depends_on=[*cpu_policies, *network]),
        )
        self._add_ons(ADD_ONS_ON_NODES, [cpu])
        self.provider: k8s.Provider = kubernetes_provider(
            self,
            f"{name}-kubernetes",
            eks_kubeconfig(name, self.resource.endpoint, self.resource.certificate_authority.data, checked.region),
            eks_identifier(checked.region, name),
            pulumi.ResourceOptions(depends_on=[cpu]),
        )
        self.cluster: pulumi.Output[str] = self.resource.name
        self.region = checked.region
        self.vpc_id: pulumi.Output[str] = self.resource.vpc_config.vpc_id
        self.security_group_id: pulumi.Output[str] = self.resource.vpc_config.cluster_security_group_id.apply(str)
        self.register_outputs({"cluster": self.cluster})

    def _add_ons(self, names: Sequence[str], after: Sequence[pulumi.Resource]) -> list[aws.eks.Addon]:
        return [
            self.make(
                aws.eks.Addon,
                "addon",
                {"clusterName": self.resource.name, "addonName": add_on, "resolveConflictsOnUpdate": "PRESERVE"},
                pulumi.ResourceOptions(depends_on=after),
                suffix=add_on,
            )
            for add_on in names
        ]

    def _role(
        self, child: str, service: str, policies: Mapping[str, str]
    ) -> tuple[aws.iam.Role, list[aws.iam.RolePolicyAttachment]]:
        role = self.make(aws.iam.Role, child, {"assumeRolePolicy": trust(service)})
        attachments = [
            self.make(
                aws.iam.RolePolicyAttachment,
                f"{child}-policy",
                {"role": role.name, "policyArn": arn},
                suffix=f"{child}-{policy}",
            )
            for policy, arn in policies.items()
        ]
        return role, attachments


def eks_identifier(region: str, cluster: str) -> str:
    """What makes an EKS cluster this one, known before it exists."""
    return f"eks/{region}/{cluster}"


def cluster_inputs(args: EksClusterArgs, key_arn: Input[str]) -> dict[str, Any]:
    """The inputs of the cluster itself, but for its name and role."""
    return {
        **({"version": args.version} if args.version else {}),
        "vpcConfig": {"subnetIds": args.subnet_ids, "endpointPrivateAccess": True},
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
        "bootstrapSelfManagedAddons": False,
        "enabledClusterLogTypes": ["api", "audit", "authenticator"],
        "encryptionConfig": {"provider": {"keyArn": key_arn}, "resources": ["secrets"]},
    }


def cpu_node_group_inputs(args: EksClusterArgs) -> dict[str, Any]:
    """The inputs of the CPU node group, but for its cluster and role."""
    return {
        "subnetIds": args.subnet_ids,
        "amiType": "AL2023_x86_64_STANDARD",
        "instanceTypes": [args.cpu_instance_type],
        "scalingConfig": {"minSize": 2, "maxSize": args.cpu_max_nodes, "desiredSize": 2},
        "updateConfig": {"maxUnavailable": 1},
        "nodeRepairConfig": {"enabled": True},
    }
