"""The arguments of a GKE ComputeClass."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.nodepools.compute_class import rules
from gpuplane.nodepools.compute_class.fields import GkeComputeClassFields


class GkeComputeClassShape(GkeComputeClassFields):
    """A GKE ComputeClass without what its component alone needs."""

    def own_problems(self) -> Iterable[Problem]:
        """Return what GKE would refuse."""
        return rules.problems(self)


class GkeComputeClassArgs(GkeComputeClassShape):
    """Arguments of `GkeComputeClass`."""

    project: str
    """The cluster's project."""
