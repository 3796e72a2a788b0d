"""What Karpenter's controller may do in AWS: make and end nodes of its own cluster, and give them their roles.

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
    """What the controller is for: one cluster, in one region of one account.

    Attributes:
        cluster: Name of the cluster.
        queue_arn: ARN of its queue, which says where everything else is.
    """

    cluster: str
    queue_arn: str

    @property
    def region(self) -> str:
        """The region that it is in."""
        return self.queue_arn.split(":")[3]

    def arn(self, service: str, resource: str, region: str | None = None, account: str | None = None) -> str:
        """The ARN of what is there: by default in this region and this account."""
        partition, _, own_region, own_account, _ = self.queue_arn.split(":")[1:]
        place = own_region if region is None else region
        return f"arn:{partition}:{service}:{place}:{own_account if account is None else account}:{resource}"

    def iam(self, resource: str) -> str:
        """The ARN of what IAM has, which is in no region."""
        return self.arn("iam", resource, region="")

    def own(self, of: str) -> dict[str, str]:
        """The tag by which something is the cluster's own: one that is there, or one that is asked for."""
        return {f"aws:{of}Tag/kubernetes.io/cluster/{self.cluster}": "owned"}

    def named(self) -> dict[str, str]:
        """The tag with the cluster's name, asked for."""
        return {f"aws:RequestTag/{_CLUSTER_NAME_TAG}": self.cluster}

    def placed(self, of: str) -> dict[str, str]:
        """The tag with the region: an instance profile is in none."""
        return {f"aws:{of}Tag/{_REGION_TAG}": self.region}


def policies(scope: Scope, node_role_arn: str, node_roles: Iterable[str]) -> dict[str, str]:
    """The inline policies of the controller's role, by what their children's names end in.

    Together they have to have at most 10,240 characters. Source:
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
    """Nodes, and the launch templates that they are made of: all have the tags of the cluster and of a pool."""
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
    """The instance profiles that give nodes their role; by no other way may it pass one on."""
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
    """What there is to be had and at which price, its own cluster, and the messages of its own queue."""
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
