"""The fields of an EKS cluster's arguments that have values of their own."""

from enum import Enum

CPU_MIN_NODES = 2


class ControlPlaneLog(str, Enum):
    """The logs of an EKS control plane, as EKS spells them."""

    API = "api"
    AUDIT = "audit"
    AUTHENTICATOR = "authenticator"
    CONTROLLER_MANAGER = "controllerManager"
    SCHEDULER = "scheduler"
