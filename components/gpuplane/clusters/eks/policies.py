"""IAM policies of an EKS cluster: those of AWS that its roles need, and the trust policies of the roles."""

import json

# Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
CONTROL_PLANE_POLICIES = {"cluster": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"}

NODE_POLICIES = {
    "worker": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodeMinimalPolicy",
    "registry": "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
    "cni": "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
}

# The add-ons that call AWS, each with the service account that it does so as, and the policy that it needs. Sources:
# https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html and
# https://docs.aws.amazon.com/eks/latest/userguide/efs-csi.html
DRIVER_ROLES = {
    "aws-ebs-csi-driver": (
        "ebs-csi-controller-sa",
        "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
    ),
    "aws-efs-csi-driver": (
        "efs-csi-controller-sa",
        "arn:aws:iam::aws:policy/service-role/AmazonEFSCSIDriverPolicy",
    ),
}

# Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


def trust(service: str) -> str:
    """Return the trust policy that lets one AWS service assume a role.

    Example:
        >>> '"ec2.amazonaws.com"' in trust("ec2.amazonaws.com")
        True
    """
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
        }
    )


def pod_trust() -> str:
    """Return the trust policy that lets EKS give a role to the pods of a service account.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    principal = {"Service": "pods.eks.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
