"""A Kubernetes service account on EKS that may read one bucket."""

import json
from typing import ClassVar

import pulumi
import pulumi_aws as aws

from gpuplane.arguments.inputs import Input
from gpuplane.component.base import Component, ComponentArgs
from gpuplane.component.section import Section
from gpuplane.serving.artefacts.readers.args_dict import EksBucketReaderArgsDict


class EksBucketReaderArgs(ComponentArgs):
    """Arguments of `EksBucketReader`."""

    cluster: Input[str]
    """Name of the cluster; it needs the add-on `eks-pod-identity-agent`."""

    bucket: str
    """Name of the bucket."""

    prefix: str = ""
    """Prefix of the keys it may read. Default: all."""

    namespace: Input[str]
    """Namespace of the service account."""

    service_account: Input[str]
    """Name of the Kubernetes service account; a `ModelServer`'s is the server's own name."""


class EksBucketReader(Component):
    """Lets one Kubernetes service account read the objects below a prefix of one bucket, by EKS Pod Identity.

    Pods get their credentials when they are created: create the reader before the server. Source:
    https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html

    Example:
        >>> reader = EksBucketReader("resnet50-reader", {
        ...     "cluster": "ml", "bucket": "acme-models", "namespace": "ml-prod", "service_account": "resnet50",
        ... })

    Attributes:
        role: The IAM role of its pods.
        resource: The `aws.eks.PodIdentityAssociation`.
    """

    SECTION: ClassVar[Section | None] = None  # A stack derives it from its models' addresses.
    CHILDREN: ClassVar[tuple[str, ...]] = ("role", "role-policy", "association")

    def __init__(
        self, name: str, args: EksBucketReaderArgs | EksBucketReaderArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = EksBucketReaderArgs.parse(f'EksBucketReader "{name}"', args)
        super().__init__(name, checked, opts)
        self.role = self.make(aws.iam.Role, "role", {"assumeRolePolicy": TRUST})
        policy = self.make(
            aws.iam.RolePolicy,
            "role-policy",
            {"role": self.role.name, "policy": read_policy(checked.bucket, checked.prefix)},
        )
        self.resource = self.make(
            aws.eks.PodIdentityAssociation,
            "association",
            {
                "clusterName": checked.cluster,
                "namespace": checked.namespace,
                "serviceAccount": checked.service_account,
                "roleArn": self.role.arn,
            },
            pulumi.ResourceOptions(depends_on=[policy]),
        )
        self.register_outputs({"role": self.role.arn})


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
            }
        ],
    }
)


def read_policy(bucket: str, prefix: str) -> str:
    """Return the policy that allows listing and reading objects below the prefix.

    Example:
        >>> "arn:aws:s3:::acme-models/resnet50/*" in read_policy("acme-models", "resnet50/")
        True
    """
    arn = f"arn:aws:s3:::{bucket}"
    listing = {"StringLike": {"s3:prefix": [f"{prefix}*"]}}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": f"{arn}/{prefix}*"},
                {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": arn, "Condition": listing},
            ],
        }
    )
