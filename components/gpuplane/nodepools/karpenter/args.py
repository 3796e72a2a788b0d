"""The arguments of a GPU node pool of Karpenter."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.nodepools.karpenter import rules
from gpuplane.nodepools.karpenter.fields import KarpenterGpuPoolFields


class KarpenterGpuPoolShape(KarpenterGpuPoolFields):
    """A GPU node pool of Karpenter without what its component alone needs."""

    def own_problems(self) -> Iterable[Problem]:
        """Check the rules over several arguments."""
        for rule in rules.RULES:
            yield from rule(self)


class KarpenterGpuNodePoolArgs(KarpenterGpuPoolShape):
    """Arguments of `KarpenterGpuNodePool`."""

    cluster: Input[str]
    """Name of the cluster."""

    cluster_security_group_id: Input[str]
    """The security group that EKS created for the cluster."""
