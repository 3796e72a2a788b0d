"""The component of a GPU node pool of Karpenter."""

from collections.abc import Sequence
from typing import ClassVar

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from gpuplane.arguments.inputs import Input
from gpuplane.clusters.eks.role import admitted_node_role
from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.nodepools.karpenter.args import KarpenterGpuNodePoolArgs
from gpuplane.nodepools.karpenter.args_dict import KarpenterGpuNodePoolArgsDict
from gpuplane.nodepools.karpenter.facts import facts
from gpuplane.nodepools.karpenter.inputs import node_class, node_pool
from gpuplane.nodepools.karpenter.rules import name_problems


class KarpenterGpuNodePool(Component):
    """A NodePool of Karpenter with GPUs and its EC2NodeClass, always tainted `nvidia.com/gpu=present:NoSchedule`.

    Karpenter has to be in the cluster, and allowed to pass the nodes' role on: `Karpenter` makes it, and brings a role
    that all its pools may run as. Let the pool depend on it, so that it finds its kinds, and goes before it does.

    Nodes come while pods wait that fit them, and go when they are empty. No change replaces the pool: Karpenter
    replaces nodes that are not as the pool says any more, within its disruption budget.

    It goes through the Kubernetes provider of the cluster, and through AWS's for the role of the nodes.

    Example:
        >>> pool = KarpenterGpuNodePool("l4", {
        ...     "cluster": "ml", "cluster_security_group_id": "sg-1", "subnet_ids": ["subnet-1"],
        ...     "accelerator": "l4", "max_nodes": 4, "capacity_type": ["spot", "on-demand"],
        ... })

    Attributes:
        facts: What workloads need to know to land on it.
        resource: The NodePool.
        node_class: The EC2NodeClass.
        role: The role its nodes run as, None where one was given.
    """

    SECTION: ClassVar[Section | None] = Section(
        "pools.karpenter.{name}", {"machineType": "machineTypes", "zones": "subnetIds"}
    )
    CHILDREN: ClassVar[tuple[str, ...]] = ("role", "role-policy", "access", "class", "pool")

    def __init__(
        self,
        name: str,
        args: KarpenterGpuNodePoolArgs | KarpenterGpuNodePoolArgsDict,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        checked = KarpenterGpuNodePoolArgs.parse(f'KarpenterGpuNodePool "{name}"', args, name_problems(name))
        super().__init__(name, checked, opts)
        self.facts = facts(name, checked)
        self.role: aws.iam.Role | None = None
        role, access = self._node_role(checked)
        self.node_class = self.make(
            k8s.apiextensions.CustomResource,
            "class",
            node_class(name, checked, role),
            pulumi.ResourceOptions(depends_on=access),
        )
        # The pool goes before its class: Karpenter keeps a class while nodes are of it.
        self.resource = self.make(
            k8s.apiextensions.CustomResource,
            "pool",
            node_pool(name, name, checked),
            pulumi.ResourceOptions(depends_on=[self.node_class]),
        )
        self.register_outputs({"name": name})

    def _node_role(self, args: KarpenterGpuNodePoolArgs) -> tuple[Input[str], Sequence[pulumi.Resource]]:
        """Return the role's name, and what has to exist before nodes can use it."""
        if args.node_role is not None:
            return args.node_role, []
        self.role, before = admitted_node_role(self, args.cluster)
        return self.role.name, before
