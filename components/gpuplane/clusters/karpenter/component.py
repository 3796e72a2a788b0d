"""The Karpenter component."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from gpuplane.clusters.eks.policies import pod_trust
from gpuplane.clusters.eks.role import admitted_node_role
from gpuplane.clusters.karpenter.args import KarpenterArgs
from gpuplane.clusters.karpenter.inputs import SERVICE_ACCOUNT, controller_inputs, definitions_inputs
from gpuplane.clusters.karpenter.interruptions import EVENTS, queue_inputs, queue_policy, rule_inputs
from gpuplane.clusters.karpenter.permissions import Scope, policies
from gpuplane.clusters.karpenter.rules import name_problems
from gpuplane.component.base import Component
from gpuplane.component.section import Section

_POLICIES = ("nodes", "profiles", "reads")


class Karpenter(Component):
    """Karpenter in an EKS cluster: its controller and the definitions of its kinds, its rights, and a role for nodes.

    The controller acts by pod identity, with a role that makes and ends nodes of this cluster alone and gives them no
    role but `node_role` and those of `node_roles`. It hears by a queue which nodes AWS is about to take away, and
    empties them before. A rehearsal has no charts: it takes the releases for granted, and says so.

    Pools depend on it, so that they, and their nodes, go before it does. A cluster has one; the cluster autoscaler may
    stand beside it.

    The two pods ask for a CPU and 1 GiB each, on nodes of other pools. The queue is asked some 130,000 times a month,
    of a million that cost nothing; rules for events of AWS are free.

    Example:
        >>> from gpuplane import KarpenterGpuNodePool
        >>> karpenter = Karpenter("karpenter", {"cluster": "ml"})
        >>> pool = KarpenterGpuNodePool("l4", {
        ...     "cluster": "ml", "cluster_security_group_id": "sg-1", "subnet_ids": ["subnet-1"],
        ...     "accelerator": "l4", "max_nodes": 4, "node_role": karpenter.node_role.name,
        ... }, pulumi.ResourceOptions(depends_on=[karpenter]))

    Attributes:
        node_role: The role that its pools may run as, which the cluster lets in.
        queue: Its queue.
        resource: The `k8s.helm.v3.Release` of the controller.
    """

    SECTION: ClassVar[Section | None] = Section("cluster.karpenter")
    CHILDREN: ClassVar[tuple[str, ...]] = (
        "role", "policy", "association", "node-role", "node-role-policy", "access", "queue", "queue-policy", "rule",
        "target", "definitions", "controller",
    )  # fmt: skip

    def __init__(
        self, name: str, args: KarpenterArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
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
        """What gives the controller's pods its role, once the role may do all that it has to."""
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
