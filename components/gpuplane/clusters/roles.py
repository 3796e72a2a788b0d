"""The roles that control planes and nodes need, and no more."""

import json

# Logs, metrics and image pulls of a GKE node. Source:
# https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa
NODE_ROLES = ("roles/container.defaultNodeServiceAccount", "roles/artifactregistry.reader")

# Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
CONTROL_PLANE_POLICIES = {"cluster": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"}

NODE_POLICIES = {
    "worker": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodeMinimalPolicy",
    "registry": "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
    "cni": "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
}


def trust(service: str) -> str:
    """The trust policy that lets one AWS service take a role.

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
