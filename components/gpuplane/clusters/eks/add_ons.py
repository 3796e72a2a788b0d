"""The add-ons of a new EKS cluster."""

# A node is ready only when its network is: these come before the nodes, the others need nodes to run on.
ADD_ONS_BEFORE_NODES = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
ADD_ONS_ON_NODES = ("coredns", "metrics-server", "eks-node-monitoring-agent", "aws-ebs-csi-driver")
EFS_DRIVER = "aws-efs-csi-driver"


def add_ons(efs: bool) -> list[str]:
    """Return the add-ons of a cluster, with or without the EFS driver."""
    return [*ADD_ONS_BEFORE_NODES, *ADD_ONS_ON_NODES, *([EFS_DRIVER] if efs else [])]
