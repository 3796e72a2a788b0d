"""The arguments of a GKE GPU node pool."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.nodepools.gke import rules
from gpuplane.nodepools.gke.fields import GkeGpuPoolFields
from gpuplane.platforms.locations import region_of, region_of_zone


class GkeGpuPoolShape(GkeGpuPoolFields):
    """A GKE GPU node pool, independent of its cluster."""

    def own_problems(self) -> Iterable[Problem]:
        """Find what GKE would refuse."""
        return rules.problems(self)


class GkeGpuNodePoolArgs(GkeGpuPoolShape):
    """Arguments of `GkeGpuNodePool`."""

    cluster: Input[str]
    """Name of the cluster."""

    project: str
    """The cluster's project."""

    location: str
    """The cluster's region or zone."""

    def own_problems(self) -> Iterable[Problem]:
        """Require zones in the cluster's region, beside the rules of every pool."""
        yield from super().own_problems()
        region = region_of(self.location)
        for index, zone in enumerate(self.zones or []):
            if region_of_zone(zone) not in (None, region):
                yield Problem(f"zones[{index}]", f"must be a zone of the cluster's region {region}, got {zone!r}")
