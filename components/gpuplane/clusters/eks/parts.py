"""The parts of a new EKS cluster's arguments."""

from collections.abc import Iterable
from enum import Enum

from gpuplane.arguments.errors import Problem
from gpuplane.hardware import machine
from gpuplane.platforms import Platform

# A node is ready only when its network is: these come before the nodes, the others need nodes to run on.
ADD_ONS_BEFORE_NODES = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
ADD_ONS_ON_NODES = ("coredns", "metrics-server", "eks-node-monitoring-agent", "aws-ebs-csi-driver")
EFS_DRIVER = "aws-efs-csi-driver"
CPU_MIN_NODES = 2


class ControlPlaneLog(str, Enum):
    """The logs of an EKS control plane, as EKS spells them."""

    API = "api"
    AUDIT = "audit"
    AUTHENTICATOR = "authenticator"
    CONTROLLER_MANAGER = "controllerManager"
    SCHEDULER = "scheduler"


def add_ons(efs: bool) -> list[str]:
    """The add-ons of a cluster, with or without the driver of EFS."""
    return [*ADD_ONS_BEFORE_NODES, *ADD_ONS_ON_NODES, *([EFS_DRIVER] if efs else [])]


def eks_cpu_problems(instance_type: str, max_nodes: int) -> Iterable[Problem]:
    """The CPU node group is of a known instance type without GPUs, and may have its fewest nodes."""
    try:
        found = machine(Platform.EKS, instance_type)
    except ValueError as error:
        yield Problem("cpu_instance_type", f"{error}, fix: correct it, or add it with gpuplane.hardware.register")
    else:
        if found.vendor:
            yield Problem(
                "cpu_instance_type",
                f"must be without GPUs, got {found.name!r} with {found.gpus} {found.accelerator}, fix: a pool",
            )
    if max_nodes < CPU_MIN_NODES:
        yield Problem("cpu_max_nodes", f"must be at least {CPU_MIN_NODES}, got {max_nodes}")
