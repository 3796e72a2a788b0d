"""What the real clouds refuse only when a resource is made, minutes into an `up`: here at once, with the fix."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from gpuplane.arguments.errors import Problem
from gpuplane.simulation.refusals import (
    conflicts,
    eks,
    gke,
    gke_nodes,
    group_templates,
    launch_templates,
    names,
    policies,
)
from gpuplane.simulation.requests import Request

Rule = Callable[[Request], Iterator[Problem]]

RULES: Mapping[str, Sequence[Rule]] = {
    "gcp:container/cluster:Cluster": (names.form,),
    "gcp:container/nodePool:NodePool": (
        names.form,
        *gke.RULES,
        *gke_nodes.RULES,
        conflicts.conflicts,
        conflicts.upgrades,
    ),
    "gcp:serviceaccount/account:Account": (names.form,),
    "aws:eks/cluster:Cluster": (names.form,),
    "aws:eks/nodeGroup:NodeGroup": (names.form, *eks.RULES, group_templates.with_group),
    "aws:iam/role:Role": (names.form,),
    "aws:iam/policy:Policy": (policies.of_identity,),
    "aws:iam/rolePolicy:RolePolicy": (names.form, policies.of_identity),
    "aws:sqs/queue:Queue": (names.form,),
    "aws:sqs/queuePolicy:QueuePolicy": (policies.of_resource,),
    "aws:cloudwatch/eventRule:EventRule": (names.form,),
    "aws:ec2/launchTemplate:LaunchTemplate": (names.form, *launch_templates.RULES),
}
"""The rules of each resource type."""


def refusals(request: Request) -> list[Problem]:
    """Why the cloud would refuse the resource; empty when it would make it."""
    return [problem for rule in RULES.get(request.token, ()) for problem in rule(request)]
