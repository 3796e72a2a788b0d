"""The permissions of Karpenter's controller in AWS: to create and delete nodes of its cluster, and to pass their roles.

Source: https://karpenter.sh/v1.14/reference/cloudformation/
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Statement = Mapping[str, Any]

_FROM = ("image", "snapshot")
_WITH = ("security-group", "subnet", "capacity-reservation", "placement-group")
_MADE = ("fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request")
_REGIONAL_READS = (
    "ec2:DescribeCapacityReservations",
    "ec2:DescribeImages",
    "ec2:DescribeInstances",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribePlacementGroups",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSpotPriceHistory",
    "ec2:DescribeSubnets",
)
_POOL_TAG = "karpenter.sh/nodepool"
_CLASS_TAG = "karpenter.k8s.aws/ec2nodeclass"
_CLUSTER_NAME_TAG = "eks:eks-cluster-name"
_REGION_TAG = "topology.kubernetes.io/region"


@dataclass(frozen=True)
class Scope:
    """The cluster that the controller is for, in one region of one account.

    Attributes:
        cluster: Name of the cluster.
        queue_arn: ARN of its queue, which has the partition, region and account of everything else.
    """

    cluster: str
    queue_arn: str

    @property
    def region(self) -> str:
        """The region of the cluster."""
        return self.queue_arn.split(":")[3]

    def arn(self, service: str, resource: str, region: str | None = None, account: str | None = None) -> str:
        """Return an ARN, by default in this region and this account."""
        partition, _, own_region, own_account, _ = self.queue_arn.split(":")[1:]
        place = own_region if region is None else region
        return f"arn:{partition}:{service}:{place}:{own_account if account is None else account}:{resource}"

    def iam(self, resource: str) -> str:
        """Return the ARN of an IAM resource, which has no region."""
        return self.arn("iam", resource, region="")

    def own(self, of: str) -> dict[str, str]:
        """Return the condition on the tag of the cluster, of an existing `Resource` or of a `Request`."""
        return {f"aws:{of}Tag/kubernetes.io/cluster/{self.cluster}": "owned"}

    def named(self) -> dict[str, str]:
        """Return the condition on the tag with the cluster's name of a request."""
        return {f"aws:RequestTag/{_CLUSTER_NAME_TAG}": self.cluster}

    def placed(self, of: str) -> dict[str, str]:
        """Return the condition on the tag with the region, which the ARN of an instance profile lacks."""
        return {f"aws:{of}Tag/{_REGION_TAG}": self.region}


def policies(scope: Scope, node_role_arn: str, node_roles: Iterable[str]) -> dict[str, str]:
    """Return the inline policies of the controller's role, by the suffix of their children's names.

    Together they may have at most 10,240 characters. Source:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html

    Args:
        scope: What the controller is for.
        node_role_arn: ARN of the role that comes with it.
        node_roles: Names of the other roles that it may give to nodes.

    Example:
        >>> made = policies(Scope("ml", "arn:aws:sqs:us-east-1:123456789012:q"), "arn:aws:iam::123456789012:role/n", [])
        >>> list(made)
        ['nodes', 'profiles', 'reads']
    """
    roles = [node_role_arn, *(scope.iam(f"role/{name}") for name in node_roles)]
    statements = {"nodes": _nodes(scope), "profiles": _profiles(scope, roles), "reads": _reads(scope)}
    return {name: _document(list(found)) for name, found in statements.items()}


def _nodes(scope: Scope) -> Iterable[Statement]:
    """Yield the rights on nodes and launch templates, all of which have the tags of the cluster and of a pool."""
    launch = ["ec2:RunInstances", "ec2:CreateFleet"]
    made = [scope.arn("ec2", f"{kind}/*", account="*") for kind in _MADE]
    instances, templates = (scope.arn("ec2", f"{kind}/*", account="*") for kind in ("instance", "launch-template"))
    asked = {"StringEquals": {**scope.own("Request"), **scope.named()}, **_any("Request", _POOL_TAG)}
    there = {"StringEquals": scope.own("Resource"), **_any("Resource", _POOL_TAG)}
    used = [
        *(scope.arn("ec2", f"{kind}/*", account="") for kind in _FROM),
        *(scope.arn("ec2", f"{kind}/*", account="*") for kind in _WITH),
    ]
    yield _allow(launch, used)
    yield _allow(launch, templates, there)
    yield _allow([*launch, "ec2:CreateLaunchTemplate"], made, asked)
    creating = {"ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"]}
    yield _allow("ec2:CreateTags", made, {**asked, "StringEquals": {**asked["StringEquals"], **creating}})
    yield _allow(
        "ec2:CreateTags",
        instances,
        {
            **there,
            "StringEqualsIfExists": scope.named(),
            "ForAllValues:StringEquals": {"aws:TagKeys": [_CLUSTER_NAME_TAG, "karpenter.sh/nodeclaim", "Name"]},
        },
    )
    yield _allow(["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"], [instances, templates], there)


def _profiles(scope: Scope, roles: list[str]) -> Iterable[Statement]:
    """Yield the rights on instance profiles, the only way to pass a role to nodes."""
    profiles = scope.iam("instance-profile/*")
    asked = {**scope.own("Request"), **scope.named(), **scope.placed("Request")}
    there = {**scope.own("Resource"), **scope.placed("Resource")}
    yield _allow("iam:PassRole", roles, {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})
    yield _allow("iam:CreateInstanceProfile", profiles, {"StringEquals": asked, **_any("Request", _CLASS_TAG)})
    both = {**_any("Resource", _CLASS_TAG)["StringLike"], **_any("Request", _CLASS_TAG)["StringLike"]}
    yield _allow("iam:TagInstanceProfile", profiles, {"StringEquals": {**there, **asked}, "StringLike": both})
    yield _allow(
        ["iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile"],
        profiles,
        {"StringEquals": there, **_any("Resource", _CLASS_TAG)},
    )
    yield _allow("iam:GetInstanceProfile", profiles)
    yield _allow("iam:ListInstanceProfiles", "*")


def _reads(scope: Scope) -> Iterable[Statement]:
    """Yield the rights to read instance types and prices, the cluster, and the messages of the queue."""
    yield _allow(_REGIONAL_READS, "*", {"StringEquals": {"aws:RequestedRegion": scope.region}})
    yield _allow("ssm:GetParameter", scope.arn("ssm", "parameter/aws/service/*", account=""))
    yield _allow("pricing:GetProducts", "*")
    yield _allow("eks:DescribeCluster", scope.arn("eks", f"cluster/{scope.cluster}"))
    yield _allow(["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"], scope.queue_arn)


def _any(of: str, tag: str) -> dict[str, dict[str, str]]:
    return {"StringLike": {f"aws:{of}Tag/{tag}": "*"}}


def _allow(actions: Any, resources: Any, conditions: Mapping[str, Any] | None = None) -> Statement:
    allowed = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {**allowed, "Condition": conditions} if conditions else allowed


def _document(statements: list[Statement]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
