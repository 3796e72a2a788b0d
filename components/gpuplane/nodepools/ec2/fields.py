"""Fields that GPU pools of EKS and of Karpenter share."""

from enum import Enum


class EksOs(str, Enum):
    """The operating system of the nodes."""

    AL2023 = "al2023"
    BOTTLEROCKET = "bottlerocket"
