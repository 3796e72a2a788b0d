"""The Karpenter component."""

from typing import ClassVar

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from gpuplane.clusters.eks.policies import pod_trust
from gpuplane.clusters.eks.role import admitted_node_role
from gpuplane.clusters.karpenter.args import KarpenterArgs
from gpuplane.clusters.karpenter.args_dict import KarpenterArgsDict
from gpuplane.clusters.karpenter.inputs import SERVICE_ACCOUNT, controller_inputs, definitions_inputs
from gpuplane.clusters.karpenter.interruptions import EVENTS, queue_inputs, queue_policy, rule_inputs
from gpuplane.clusters.karpenter.permissions import Scope, policies
from gpuplane.clusters.karpenter.rules import name_problems
from gpuplane.component.base import Component
from gpuplane.component.section import Section

_POLICIES = ("nodes", "profiles", "reads")


class Karpenter(Component):
    """Karpenter in an EKS cluster: its controller and the definitions of its kinds, its rights, and a role for nodes.

    By pod identity the controller has a role that creates and deletes nodes of this cluster only and gives them no
    role but `node_role` and those of `node_roles`. A queue tells it which nodes AWS is about to reclaim, and it
    drains them first. A rehearsal has no charts: it assumes that the releases succeed, and says so.

    Let pools depend on it, so that they and their nodes are deleted before it. A cluster has one; the cluster
    autoscaler may run beside it.

    Its two pods request a CPU and 1 GiB each, on nodes of other pools. The queue gets some 130,000 requests a month,
    of a million that are free, as are rules for events of AWS.

    Example:
        >>> from gpuplane import KarpenterGpuNodePool
        >>> karpenter = Karpenter("karpenter", {"cluster": "ml"})
        >>> pool = KarpenterGpuNodePool("l4", {
        ...     "cluster": "ml", "cluster_security_group_id": "sg-1", "subnet_ids": ["subnet-1"],
        ...     "accelerator": "l4", "max_nodes": 4, "node_role": karpenter.node_role.name,
        ... }, pulumi.ResourceOptions(depends_on=[karpenter]))

    Attributes:
        node_role: The role for the nodes of its pools, admitted to the cluster.
        queue: Its queue.
        resource: The `k8s.helm.v3.Release` of the controller.
    """

    SECTION: ClassVar[Section | None] = Section("cluster.karpenter")
    CHILDREN: ClassVar[tuple[str, ...]] = (
        "role", "policy", "association", "node-role", "node-role-policy", "access", "queue", "queue-policy", "rule",
        "target", "definitions", "controller",
    )  # fmt: skip

    def __init__(
        self, name: str, args: KarpenterArgs | KarpenterArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = KarpenterArgs.parse(f'Karpenter "{name}"', args, name_problems(name))
        super().__init__(name, checked, opts)
        self.node_role, nodes_before = admitted_node_role(self, checked.cluster, "node-role")
        self.queue = self._queue()
        definitions = self.make(k8s.helm.v3.Release, "definitions", definitions_inputs(checked))
        # Pods get their credentials when they are made.
        self.resource = self.make(
            k8s.helm.v3.Release,
            "controller",
            controller_inputs(checked, self.queue.arn.apply(_region), self.queue.name),
            pulumi.ResourceOptions(depends_on=[definitions, self._association(checked), *nodes_before]),
        )
        self.register_outputs({"node_role": self.node_role.name})

    def _queue(self) -> aws.sqs.Queue:
        queue = self.make(aws.sqs.Queue, "queue", queue_inputs())
        policy = self.make(
            aws.sqs.QueuePolicy, "queue-policy", {"queueUrl": queue.url, "policy": queue.arn.apply(queue_policy)}
        )
        for event in EVENTS:
            rule = self.make(aws.cloudwatch.EventRule, "rule", rule_inputs(event), suffix=f"rule-{event}")
            self.make(
                aws.cloudwatch.EventTarget,
                "target",
                {"rule": rule.name, "arn": queue.arn},
                pulumi.ResourceOptions(depends_on=[policy]),
                suffix=f"target-{event}",
            )
        return queue

    def _association(self, args: KarpenterArgs) -> aws.eks.PodIdentityAssociation:
        """Associate the controller's service account with its role, once the role has its policies."""
        role = self.make(aws.iam.Role, "role", {"assumeRolePolicy": pod_trust()})
        documents = pulumi.Output.all(args.cluster, self.queue.arn, self.node_role.arn, *args.node_roles).apply(
            lambda known: policies(Scope(known[0], known[1]), known[2], known[3:])
        )
        allowed = [
            self.make(
                aws.iam.RolePolicy,
                "policy",
                {"role": role.name, "policy": documents[policy]},
                suffix=f"policy-{policy}",
            )
            for policy in _POLICIES
        ]
        return self.make(
            aws.eks.PodIdentityAssociation,
            "association",
            {
                "clusterName": args.cluster,
                "namespace": args.namespace,
                "serviceAccount": SERVICE_ACCOUNT,
                "roleArn": role.arn,
            },
            pulumi.ResourceOptions(depends_on=allowed),
        )


def _region(arn: str) -> str:
    return arn.split(":")[3]
