"""IAM roles with their policies: the control plane's, the nodes' and the drivers'."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from gpuplane.arguments.inputs import Input
from gpuplane.clusters.eks.policies import NODE_POLICIES, trust
from gpuplane.component.base import Component


def role_with_policies(
    component: Component, child: str, trusted: str, policies: Mapping[str, str], of: str = ""
) -> tuple[aws.iam.Role, Sequence[aws.iam.RolePolicyAttachment]]:
    """Create a role and attach its policies, on which everything that uses it has to depend.

    Args:
        component: The component whose children they are.
        child: The role's key among the component's children; its policies' key has `-policy` at its end.
        trusted: The trust policy.
        policies: The ARNs of the policies, by what their children's names end in.
        of: Tells apart the roles of one kind.
    """
    named = f"{of}-role" if of else child
    role = component.make(aws.iam.Role, child, {"assumeRolePolicy": trusted}, suffix=named)
    attachments = [
        component.make(
            aws.iam.RolePolicyAttachment,
            f"{child}-policy",
            {"role": role.name, "policyArn": arn},
            suffix=f"{named}-{policy}",
        )
        for policy, arn in policies.items()
    ]
    return role, attachments


def node_role(component: Component, child: str = "role") -> tuple[aws.iam.Role, Sequence[aws.iam.RolePolicyAttachment]]:
    """Create the role of nodes: to join the cluster, to give pods addresses and to pull images."""
    return role_with_policies(component, child, trust("ec2.amazonaws.com"), NODE_POLICIES)


def admitted_node_role(
    component: Component, cluster: Input[str], child: str = "role"
) -> tuple[aws.iam.Role, Sequence[pulumi.Resource]]:
    """Create a role for nodes outside managed node groups, and return it with what its nodes have to depend on.

    EKS admits the role of a managed node group itself; this one needs an access entry.
    Source: https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
    """
    role, policies = node_role(component, child)
    entry = {"clusterName": cluster, "principalArn": role.arn, "type": "EC2_LINUX"}
    return role, [*policies, component.make(aws.eks.AccessEntry, "access", entry)]
