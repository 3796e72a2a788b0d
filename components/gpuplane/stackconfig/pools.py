"""What a stack says of its GPU node pools."""

from collections.abc import Iterable

from gpuplane.args import Args, within
from gpuplane.errors import Problem
from gpuplane.nodepools.eks.args import EksGpuPoolShape
from gpuplane.nodepools.gke.args import GkeGpuPoolShape
from gpuplane.nodepools.gke.naming import name_problems


class PoolsConfig(Args):
    """The GPU node pools, by name, under the platform they are for."""

    gke: dict[str, GkeGpuPoolShape] = {}
    """GKE node pools; they go into the stack's GKE cluster."""

    eks: dict[str, EksGpuPoolShape] = {}
    """EKS node groups; they go into the stack's EKS cluster."""

    @property
    def names(self) -> list[str]:
        """The names of all pools."""
        return sorted({*self.gke, *self.eks})

    def problems(self) -> Iterable[Problem]:
        """Each pool's own."""
        for name in self.gke:
            yield from within(f"gke.{name}", name_problems(name))
        for platform, pools in (("gke", self.gke), ("eks", self.eks)):
            for name, pool in pools.items():
                yield from within(f"{platform}.{name}", pool.problems())
