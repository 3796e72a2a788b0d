"""The cluster autoscaler's permissions in AWS."""

import json

_READS = (
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeAutoScalingInstances",
    "autoscaling:DescribeLaunchConfigurations",
    "autoscaling:DescribeScalingActivities",
    "autoscaling:DescribeTags",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:GetInstanceTypesFromInstanceRequirements",
    "eks:DescribeNodegroup",
)
_CHANGES = ("autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup")

ENABLED_TAG = "k8s.io/cluster-autoscaler/enabled"


def cluster_tag(cluster: str) -> str:
    """Return the tag with the cluster of a group; EKS sets it on the groups of managed node groups.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
    """
    return f"k8s.io/cluster-autoscaler/{cluster}"


def scaling_policy(cluster: str) -> str:
    """Return the policy that allows reading all groups and resizing those of one cluster.

    Sources: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md and
    https://docs.aws.amazon.com/eks/latest/best-practices/cas.html

    Example:
        >>> '"aws:ResourceTag/k8s.io/cluster-autoscaler/ml": "owned"' in scaling_policy("ml")
        True
    """
    own = {f"aws:ResourceTag/{ENABLED_TAG}": "true", f"aws:ResourceTag/{cluster_tag(cluster)}": "owned"}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": _READS, "Resource": "*"},
                {"Effect": "Allow", "Action": _CHANGES, "Resource": "*", "Condition": {"StringEquals": own}},
            ],
        }
    )
