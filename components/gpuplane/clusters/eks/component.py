"""The components of EKS clusters: a new one, and an existing one."""

from collections.abc import Sequence
from typing import Any, ClassVar

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from gpuplane.arguments.inputs import Input
from gpuplane.clusters.connection import eks_kubeconfig, kubernetes_provider
from gpuplane.clusters.eks.add_ons import ADD_ONS_BEFORE_NODES, ADD_ONS_ON_NODES, EFS_DRIVER
from gpuplane.clusters.eks.args import EksClusterArgs, ExistingEksClusterArgs
from gpuplane.clusters.eks.args_dict import EksClusterArgsDict, ExistingEksClusterArgsDict
from gpuplane.clusters.eks.inputs import (
    cluster_inputs,
    cpu_node_group_inputs,
    cpu_template_inputs,
    eks_identifier,
)
from gpuplane.clusters.eks.policies import (
    ADMIN_POLICY,
    CONTROL_PLANE_POLICIES,
    DRIVER_ROLES,
    pod_trust,
    trust,
)
from gpuplane.clusters.eks.role import node_role, role_with_policies
from gpuplane.clusters.eks.rules import name_problems
from gpuplane.component.base import Component
from gpuplane.component.section import Section


class ExistingEksCluster(Component):
    """An existing EKS cluster. Creates nothing but the Kubernetes provider.

    Example:
        >>> cluster = ExistingEksCluster("ml", {"cluster": "ml", "region": "us-east-1"})

    Attributes:
        provider: The Kubernetes provider of this cluster.
        cluster: Its name.
        region: Its region.
        version: Its Kubernetes version.
        vpc_id: Its VPC.
        security_group_id: The cluster security group, created by EKS, which all nodes must have.
    """

    SECTION: ClassVar[Section | None] = Section("cluster.existingEks")
    CHILDREN: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        name: str,
        args: ExistingEksClusterArgs | ExistingEksClusterArgsDict,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        checked = ExistingEksClusterArgs.parse(f'ExistingEksCluster "{name}"', args)
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
        self.version: pulumi.Output[str] = found.version
        self.vpc_id: pulumi.Output[str] = found.vpc_config.vpc_id
        self.security_group_id: pulumi.Output[str] = found.vpc_config.cluster_security_group_id
        self.register_outputs({"cluster": self.cluster})


class EksCluster(Component):
    """An EKS cluster with encrypted Secrets, access entries, pod identity, storage drivers and a small CPU node group.

    Its add-ons are the VPC CNI, kube-proxy, the pod identity agent, CoreDNS, metrics-server, the node monitoring agent,
    which lets EKS repair GPU nodes, and the EBS driver. It and the optional EFS driver get their role by pod identity.

    The control plane is billed by the hour, the KMS key by the month.

    Example:
        >>> cluster = EksCluster("ml", {"region": "us-east-1", "subnet_ids": ["subnet-1", "subnet-2"]})

    Attributes:
        provider: The Kubernetes provider of this cluster.
        cluster: Its name.
        region: Its region.
        version: Its Kubernetes version.
        vpc_id: Its VPC.
        security_group_id: The cluster security group, created by EKS, which all nodes must have.
        resource: The `aws.eks.Cluster`.
        add_ons: The `aws.eks.Addon`s by name.
    """

    SECTION: ClassVar[Section | None] = Section(
        "cluster.eks", {"maxNodes": "cpuMaxNodes", "machineType": "cpuInstanceType", "zones": "subnetIds"}
    )
    CHILDREN: ClassVar[tuple[str, ...]] = (
        "role", "role-policy", "key", "cluster", "access", "access-policy", "cpu-role", "cpu-role-policy",
        "cpu-template", "cpu", "driver-role", "driver-role-policy", "addon",
    )  # fmt: skip

    def __init__(
        self, name: str, args: EksClusterArgs | EksClusterArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = EksClusterArgs.parse(f'EksCluster "{name}"', args, name_problems(name))
        super().__init__(name, checked, opts)
        role, policies = role_with_policies(self, "role", trust("eks.amazonaws.com"), CONTROL_PLANE_POLICIES)
        self.resource = self.make(
            aws.eks.Cluster,
            "cluster",
            {"name": name, "roleArn": role.arn, **cluster_inputs(checked, self._key(checked))},
            pulumi.ResourceOptions(depends_on=policies),
        )
        for admin, arn in checked.admins.items():
            self._admin(admin, arn)
        self.add_ons: dict[str, aws.eks.Addon] = {}
        network = [self._add_on(add_on, checked, []) for add_on in ADD_ONS_BEFORE_NODES]
        cpu = self._cpu_nodes(checked, network)
        for add_on in (*ADD_ONS_ON_NODES, *([EFS_DRIVER] if checked.efs else [])):
            self._add_on(add_on, checked, [cpu])
        self.provider: k8s.Provider = kubernetes_provider(
            self,
            f"{name}-kubernetes",
            eks_kubeconfig(name, self.resource.endpoint, self.resource.certificate_authority.data, checked.region),
            eks_identifier(checked.region, name),
            pulumi.ResourceOptions(depends_on=[cpu]),
        )
        self.cluster: pulumi.Output[str] = self.resource.name
        self.region = checked.region
        self.version: pulumi.Output[str] = self.resource.version
        self.vpc_id: pulumi.Output[str] = self.resource.vpc_config.vpc_id
        self.security_group_id: pulumi.Output[str] = self.resource.vpc_config.cluster_security_group_id.apply(str)
        self.register_outputs({"cluster": self.cluster})

    def _key(self, args: EksClusterArgs) -> Input[str]:
        if args.secrets_key_arn is not None:
            return args.secrets_key_arn
        description = f"Secrets of the EKS cluster {self.name}"
        return self.make(aws.kms.Key, "key", {"description": description, "enableKeyRotation": True}).arn

    def _admin(self, admin: str, arn: Input[str]) -> None:
        who = {"clusterName": self.resource.name, "principalArn": arn}
        entry = self.make(aws.eks.AccessEntry, "access", who, suffix=f"access-{admin}")
        self.make(
            aws.eks.AccessPolicyAssociation,
            "access-policy",
            {**who, "policyArn": ADMIN_POLICY, "accessScope": {"type": "cluster"}},
            pulumi.ResourceOptions(depends_on=[entry]),
            suffix=f"access-policy-{admin}",
        )

    def _cpu_nodes(self, args: EksClusterArgs, after: Sequence[pulumi.Resource]) -> aws.eks.NodeGroup:
        role, policies = node_role(self, "cpu-role")
        template = self.make(aws.ec2.LaunchTemplate, "cpu-template", cpu_template_inputs(self.name))
        return self.make(
            aws.eks.NodeGroup,
            "cpu",
            {
                "clusterName": self.resource.name,
                "nodeRoleArn": role.arn,
                "launchTemplate": {"id": template.id, "version": template.latest_version.apply(str)},
                **cpu_node_group_inputs(args),
            },
            pulumi.ResourceOptions(ignore_changes=["scalingConfig.desiredSize"], depends_on=[*policies, *after]),
        )

    def _add_on(self, add_on: str, args: EksClusterArgs, after: Sequence[pulumi.Resource]) -> aws.eks.Addon:
        inputs = {
            "clusterName": self.resource.name,
            "addonName": add_on,
            "resolveConflictsOnUpdate": "PRESERVE",
            **self._add_on_version(add_on, args),
        }
        policies: Sequence[pulumi.Resource] = []
        if add_on in DRIVER_ROLES:
            account, policy = DRIVER_ROLES[add_on]
            short = add_on.removeprefix("aws-").removesuffix("-csi-driver")
            role, policies = role_with_policies(self, "driver-role", pod_trust(), {"policy": policy}, short)
            inputs["podIdentityAssociations"] = [{"serviceAccount": account, "roleArn": role.arn}]
        made = self.make(
            aws.eks.Addon, "addon", inputs, pulumi.ResourceOptions(depends_on=[*after, *policies]), suffix=add_on
        )
        self.add_ons[add_on] = made
        return made

    def _add_on_version(self, add_on: str, args: EksClusterArgs) -> dict[str, Any]:
        version = args.add_on_versions.get(add_on)
        if version != "latest":
            return {"addonVersion": version} if version else {}
        newest = aws.eks.get_addon_version_output(
            addon_name=add_on,
            kubernetes_version=self.resource.version,
            most_recent=True,
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        return {"addonVersion": newest.version}
