"""The EKS GPU node group component."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_aws as aws

from gpuplane.clusters.roles import NODE_POLICIES, trust
from gpuplane.component import Component
from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs
from gpuplane.nodepools.eks.inputs import facts, group_inputs, template_inputs


class EksGpuNodePool(Component):
    """An EKS managed node group with GPUs, always tainted `nvidia.com/gpu=present:NoSchedule`.

    Its AMI, Amazon Linux 2023 with NVIDIA's driver, has no device plugin: the cluster needs `NvidiaDevicePlugin`.
    Source: https://docs.aws.amazon.com/eks/latest/userguide/ml-eks-k8s-device-plugin.html

    Example:
        >>> pool = EksGpuNodePool("t4", {
        ...     "cluster": "ml", "subnetIds": ["subnet-1"], "machineType": "g4dn.2xlarge", "maxNodes": 4,
        ... })

    Attributes:
        facts: What workloads need to know to land on it.
        resource: The `aws.eks.NodeGroup`.
        role: The role its nodes run as.
    """

    CHILDREN: ClassVar[tuple[str, ...]] = ("role", "role-policy", "template", "group")

    def __init__(
        self, name: str, args: EksGpuNodePoolArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = EksGpuNodePoolArgs.of(f'EksGpuNodePool "{name}"', args)
        super().__init__(name, checked, opts)
        self.facts = facts(name, checked)
        self.role = self.make(aws.iam.Role, "role", {"assumeRolePolicy": trust("ec2.amazonaws.com")})
        policies = [
            self.make(
                aws.iam.RolePolicyAttachment,
                "role-policy",
                {"role": self.role.name, "policyArn": arn},
                suffix=f"role-{policy}",
            )
            for policy, arn in NODE_POLICIES.items()
        ]
        template = self.make(aws.ec2.LaunchTemplate, "template", template_inputs(name, checked))
        self.resource = self.make(
            aws.eks.NodeGroup,
            "group",
            {
                "nodeRoleArn": self.role.arn,
                "launchTemplate": {"id": template.id, "version": template.latest_version.apply(str)},
                **group_inputs(name, checked),
            },
            # The autoscaler owns the count: an `up` must not take its nodes away.
            pulumi.ResourceOptions(ignore_changes=["scalingConfig.desiredSize"], depends_on=policies),
        )
        self.register_outputs({"name": self.resource.node_group_name})
