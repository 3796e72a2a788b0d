"""The EKS GPU node group component."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import pulumi
import pulumi_aws as aws

from gpuplane.clusters.eks.role import node_role
from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs
from gpuplane.nodepools.eks.args_dict import EksGpuNodePoolArgsDict
from gpuplane.nodepools.eks.capacity_tags import capacity_tags
from gpuplane.nodepools.eks.facts import facts
from gpuplane.nodepools.eks.inputs import efa_security_group_inputs, group_inputs
from gpuplane.nodepools.eks.replaces import REPLACES
from gpuplane.nodepools.eks.rules import name_problems
from gpuplane.nodepools.eks.template import template_inputs


class EksGpuNodePool(Component):
    """An EKS managed node group with GPUs, always tainted `nvidia.com/gpu=present:NoSchedule`.

    On Amazon Linux 2023, the default, the cluster needs `NvidiaDevicePlugin`; Bottlerocket has one built in.
    Source: https://docs.aws.amazon.com/eks/latest/userguide/ml-eks-k8s-device-plugin.html

    With `efa` it needs `EfaDevicePlugin` as well, on both.

    The autoscaler owns the number of nodes: an `up` changes its limits and never the number itself.

    Example:
        >>> pool = EksGpuNodePool("t4", {
        ...     "cluster": "ml", "subnet_ids": ["subnet-1"], "machine_type": "g4dn.2xlarge", "max_nodes": 4,
        ... })

    Attributes:
        REPLACES: The arguments whose change makes another node group in place of this one, which then goes with all
            its nodes. To change one without that, make a pool beside this one first.
        facts: What workloads need to know to land on it.
        resource: The `aws.eks.NodeGroup`. Its name is made up, so that a successor can be made before it goes.
        template: The `aws.ec2.LaunchTemplate`.
        role: The role its nodes run as, None where one was given.
        efa_security_group: The security group that lets EFA through, None without EFA.
        placement_group: The placement group, None without.
    """

    SECTION: ClassVar[Section | None] = Section("pools.eks.{name}", {"zones": "subnetIds"})
    CHILDREN: ClassVar[tuple[str, ...]] = (
        "role", "role-policy", "efa-security-group", "placement-group", "template", "group", "capacity-tag",
    )  # fmt: skip
    REPLACES: ClassVar[Mapping[str, str]] = REPLACES

    def __init__(
        self, name: str, args: EksGpuNodePoolArgs | EksGpuNodePoolArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = EksGpuNodePoolArgs.parse(f'EksGpuNodePool "{name}"', args, name_problems(name))
        super().__init__(name, checked, opts)
        self.facts = facts(name, checked)
        self.role: aws.iam.Role | None = None
        policies: Sequence[pulumi.Resource] = []
        if checked.node_role_arn is None:
            self.role, policies = node_role(self)
        self.efa_security_group: aws.ec2.SecurityGroup | None = None
        if checked.efa:
            self.efa_security_group = self.make(
                aws.ec2.SecurityGroup, "efa-security-group", efa_security_group_inputs(name, checked.vpc_id)
            )
        self.placement_group: aws.ec2.PlacementGroup | None = None
        if checked.efa and checked.efa.placement_group:
            self.placement_group = self.make(aws.ec2.PlacementGroup, "placement-group", {"strategy": "cluster"})
        self.template = self.make(
            aws.ec2.LaunchTemplate,
            "template",
            template_inputs(
                name,
                checked,
                self.efa_security_group.id if self.efa_security_group else None,
                self.placement_group.name if self.placement_group else None,
            ),
        )
        self.resource = self.make(
            aws.eks.NodeGroup,
            "group",
            {
                "nodeRoleArn": self.role.arn if self.role else checked.node_role_arn,
                "launchTemplate": {"id": self.template.id, "version": self.template.latest_version.apply(str)},
                **group_inputs(name, checked),
            },
            # The autoscaler owns the count: an `up` must not take its nodes away.
            pulumi.ResourceOptions(ignore_changes=["scalingConfig.desiredSize"], depends_on=policies),
        )
        for key, value in capacity_tags(checked, self.facts).items():
            self.make(
                aws.autoscaling.Tag,
                "capacity-tag",
                {
                    "autoscalingGroupName": self.resource.resources[0].autoscaling_groups[0].name,
                    "tag": {"key": key, "value": value, "propagateAtLaunch": False},
                },
                suffix=f"capacity-tag-{key.rpartition('/')[2]}",
            )
        self.register_outputs({"name": self.resource.node_group_name})
