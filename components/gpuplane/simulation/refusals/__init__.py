"""Rules that real clouds apply only when a resource is created, minutes into an `up`; here they apply at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from gpuplane.arguments.errors import Problem
from gpuplane.simulation.refusals import (
    ec2_templates,
    eks_groups,
    eks_templates,
    gke_conflicts,
    gke_nodes,
    gke_pools,
    iam_policies,
    names,
)
from gpuplane.simulation.request import Request

Rule = Callable[[Request], Iterator[Problem]]

RULES: Mapping[str, Sequence[Rule]] = {
    "gcp:container/cluster:Cluster": (names.form,),
    "gcp:container/nodePool:NodePool": (
        names.form,
        *gke_pools.RULES,
        *gke_nodes.RULES,
        gke_conflicts.conflicts,
        gke_conflicts.compact_flex_start,
        gke_conflicts.upgrades,
    ),
    "gcp:serviceaccount/account:Account": (names.form,),
    "aws:eks/cluster:Cluster": (names.form,),
    "aws:eks/nodeGroup:NodeGroup": (names.form, *eks_groups.RULES, eks_templates.with_group),
    "aws:iam/role:Role": (names.form,),
    "aws:iam/policy:Policy": (iam_policies.of_identity,),
    "aws:iam/rolePolicy:RolePolicy": (names.form, iam_policies.of_identity),
    "aws:sqs/queue:Queue": (names.form,),
    "aws:sqs/queuePolicy:QueuePolicy": (iam_policies.of_resource,),
    "aws:cloudwatch/eventRule:EventRule": (names.form,),
    "aws:ec2/launchTemplate:LaunchTemplate": (names.form, *ec2_templates.RULES),
}
"""The rules of each resource type."""


def refusals(request: Request) -> list[Problem]:
    """Return why the cloud would refuse the resource; empty if it would create it."""
    return [problem for rule in RULES.get(request.token, ()) for problem in rule(request)]
