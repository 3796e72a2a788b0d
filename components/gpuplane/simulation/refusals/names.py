"""The syntax of resource names."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gpuplane.arguments.errors import Problem
from gpuplane.simulation.request import Request


class Form(NamedTuple):
    """The syntax of a name, and where it is documented."""

    property: str
    pattern: str
    words: str
    source: str


_GKE_NAME = "lower-case letters, digits and hyphens, a letter first, no hyphen last, at most 40 characters"

FORMS = {
    "gcp:container/cluster:Cluster": Form(
        "name",
        r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?",
        _GKE_NAME,
        "https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters",
    ),
    "gcp:container/nodePool:NodePool": Form(
        "name",
        r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?",
        _GKE_NAME,
        "https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools",
    ),
    "gcp:serviceaccount/account:Account": Form(
        "accountId",
        r"[a-z]([-a-z0-9]{4,28}[a-z0-9])",
        "6 to 30 lower-case letters, digits and hyphens, a letter first, no hyphen last",
        "https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/create",
    ),
    "aws:eks/cluster:Cluster": Form(
        "name",
        r"[0-9A-Za-z][-0-9A-Za-z_]{0,99}",
        "letters, digits, hyphens and underscores, a letter or digit first, at most 100 characters",
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html",
    ),
    "aws:eks/nodeGroup:NodeGroup": Form(
        "nodeGroupName",
        r"[0-9A-Za-z][-0-9A-Za-z_]{0,62}",
        "letters, digits, hyphens and underscores, a letter or digit first, at most 63 characters",
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html",
    ),
    "aws:iam/role:Role": Form(
        "name",
        r"[\w+=,.@-]{1,64}",
        "letters, digits and +=,.@_-, at most 64 characters",
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": Form(
        "name",
        r"[a-zA-Z0-9().\-/_]{3,125}",
        "3 to 125 letters, digits and ().-/_",
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html",
    ),
    "aws:iam/rolePolicy:RolePolicy": Form(
        "name",
        r"[\w+=,.@-]{1,128}",
        "letters, digits and +=,.@_-, at most 128 characters",
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html",
    ),
    "aws:sqs/queue:Queue": Form(
        "name",
        r"[\w-]{1,80}|[\w-]{1,75}\.fifo",
        "letters, digits, hyphens and underscores, at most 80 characters",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    ),
    "aws:cloudwatch/eventRule:EventRule": Form(
        "name",
        r"[.\w-]{1,64}",
        "letters, digits and ._-, at most 64 characters",
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
    ),
}
"""By resource type, the property that has the form."""


def form(request: Request) -> Iterator[Problem]:
    """Require a physical name in the syntax of the cloud's API; generated names are checked too."""
    wanted = FORMS[request.token]
    given = request.get(wanted.property)
    name = given if isinstance(given, str) else request.name
    if name and not re.fullmatch(wanted.pattern, name, re.ASCII):
        fix = "" if given else f", fix: give the resource a shorter or simpler name, or set {wanted.property}"
        yield Problem(wanted.property, f"must be {wanted.words}, got {name!r}{fix}")
