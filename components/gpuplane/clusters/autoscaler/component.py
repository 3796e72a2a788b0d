"""The cluster autoscaler component."""

from typing import ClassVar

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from gpuplane.clusters.autoscaler.args import ClusterAutoscalerArgs
from gpuplane.clusters.autoscaler.args_dict import ClusterAutoscalerArgsDict
from gpuplane.clusters.autoscaler.images import image_for
from gpuplane.clusters.autoscaler.inputs import (
    METADATA,
    NAME,
    NAMESPACE,
    binding_inputs,
    cluster_role_inputs,
    command,
    deployment_inputs,
    namespace_role_inputs,
)
from gpuplane.clusters.autoscaler.permissions import scaling_policy
from gpuplane.clusters.eks.policies import pod_trust
from gpuplane.component.base import Component
from gpuplane.component.section import Section


class ClusterAutoscaler(Component):
    """The Kubernetes cluster autoscaler of an EKS cluster: without it node groups never change their number of nodes.

    It finds the managed node groups of its cluster by the tags that EKS gives them. By pod identity it has a
    role that may change no other groups. Unused nodes are removed after ten minutes, GPU nodes once no pod uses a GPU.

    A cluster has one; Karpenter, which manages nodes of its own, may run beside it.

    Example:
        >>> autoscaler = ClusterAutoscaler(
        ...     "autoscaler", {"cluster": "ml", "region": "us-east-1", "kubernetes_version": "1.36"}
        ... )

    Attributes:
        role: Its IAM role.
        resource: The Deployment, in `kube-system`.
    """

    SECTION: ClassVar[Section | None] = Section("cluster.autoscaler")
    CHILDREN: ClassVar[tuple[str, ...]] = (
        "role", "policy", "association", "service-account", "cluster-role", "cluster-role-binding",
        "namespace-role", "namespace-role-binding", "deployment",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        args: ClusterAutoscalerArgs | ClusterAutoscalerArgsDict,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        checked = ClusterAutoscalerArgs.parse(f'ClusterAutoscaler "{name}"', args)
        super().__init__(name, checked, opts)
        cluster = pulumi.Output.from_input(checked.cluster)
        self.role = self.make(aws.iam.Role, "role", {"assumeRolePolicy": pod_trust()})
        policy = self.make(
            aws.iam.RolePolicy, "policy", {"role": self.role.name, "policy": cluster.apply(scaling_policy)}
        )
        rbac = k8s.rbac.v1
        account = self.make(k8s.core.v1.ServiceAccount, "service-account", {"metadata": METADATA})
        rights = [
            self.make(rbac.ClusterRole, "cluster-role", cluster_role_inputs()),
            self.make(rbac.ClusterRoleBinding, "cluster-role-binding", binding_inputs("ClusterRole")),
            self.make(rbac.Role, "namespace-role", namespace_role_inputs()),
            self.make(rbac.RoleBinding, "namespace-role-binding", binding_inputs("Role")),
        ]
        association = self.make(
            aws.eks.PodIdentityAssociation,
            "association",
            {"clusterName": cluster, "namespace": NAMESPACE, "serviceAccount": NAME, "roleArn": self.role.arn},
            pulumi.ResourceOptions(depends_on=[policy]),
        )
        image = checked.image or pulumi.Output.from_input(checked.kubernetes_version).apply(image_for)
        # Pods get their credentials when they are made.
        self.resource = self.make(
            k8s.apps.v1.Deployment,
            "deployment",
            deployment_inputs(cluster.apply(command), checked.region, image),
            pulumi.ResourceOptions(depends_on=[account, association, *rights]),
        )
        self.register_outputs({"role": self.role.arn})
