"""The arguments of Karpenter's controller."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.clusters.karpenter import rules
from gpuplane.component.base import ComponentArgs

VERSION = "1.14.1"
NAMESPACE = "kube-system"


class KarpenterShape(ComponentArgs):
    """Karpenter."""

    version: str = VERSION
    """Version of its Helm charts. Its permissions in AWS are those of 1.14."""

    namespace: str = NAMESPACE
    """Namespace of its controller, created if absent. By default `kube-system`, whose requests the API server
    prioritizes."""

    node_roles: list[Input[str]] = []
    """Names of the roles that it may give to nodes, beside the one that it creates. A role
    with a path is `path/name`."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield what Helm or IAM would refuse."""
        yield from rules.version_problems(self.version, VERSION)
        yield from rules.node_role_problems(self.node_roles)


class KarpenterArgs(KarpenterShape):
    """Arguments of `Karpenter`."""

    cluster: Input[str]
    """Name of the cluster; it needs the add-on `eks-pod-identity-agent`, and two nodes of other pools, with a CPU and
    1 GiB free on each."""
