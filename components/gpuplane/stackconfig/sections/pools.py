"""What a stack says of its GPU node pools."""

from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.paths import within
from gpuplane.nodepools.compute_class.args import GkeComputeClassShape
from gpuplane.nodepools.compute_class.rules import name_problems as class_name_problems
from gpuplane.nodepools.eks.args import EksGpuPoolShape
from gpuplane.nodepools.eks.inputs import facts as eks_facts
from gpuplane.nodepools.eks.rules import name_problems as eks_name_problems
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.nodepools.gke.args import GkeGpuPoolShape
from gpuplane.nodepools.gke.facts import facts as gke_facts
from gpuplane.nodepools.gke.naming import name_problems as gke_name_problems
from gpuplane.nodepools.karpenter.args import KarpenterGpuPoolShape
from gpuplane.nodepools.karpenter.inputs import facts as karpenter_facts
from gpuplane.nodepools.karpenter.rules import name_problems as karpenter_name_problems


class PoolsConfig(Args):
    """The GPU node pools, by name, under the platform they are for."""

    gke: dict[str, GkeGpuPoolShape] = {}
    """GKE node pools; they go into the stack's GKE cluster."""

    eks: dict[str, EksGpuPoolShape] = {}
    """EKS node groups; they go into the stack's EKS cluster."""

    karpenter: dict[str, KarpenterGpuPoolShape] = {}
    """Pools of Karpenter, which a new EKS cluster gets with them, and one that is there has already."""

    compute_classes: dict[str, GkeComputeClassShape] = {}
    """ComputeClasses of the stack's GKE cluster: chains of ways to get the same GPU."""

    @property
    def names(self) -> list[str]:
        """The names of all pools."""
        return sorted({*self.gke, *self.eks, *self.karpenter, *self.compute_classes})

    @property
    def facts(self) -> dict[str, PoolFacts]:
        """The facts of all pools by config path; the pools must have no problems."""
        return {
            **{f"pools.gke.{name}": gke_facts(name, pool) for name, pool in self.gke.items()},
            **{f"pools.eks.{name}": eks_facts(name, pool) for name, pool in self.eks.items()},
            **{f"pools.karpenter.{name}": karpenter_facts(name, pool) for name, pool in self.karpenter.items()},
        }

    @property
    def may_grow(self) -> bool:
        """Whether any EKS node group may have more nodes than its fewest."""
        return any(pool.min_nodes < pool.max_nodes for pool in self.eks.values())

    def own_problems(self) -> Iterable[Problem]:
        """Each pool's own."""
        kinds = (
            ("gke", self.gke, gke_name_problems),
            ("eks", self.eks, eks_name_problems),
            ("karpenter", self.karpenter, karpenter_name_problems),
            ("compute_classes", self.compute_classes, class_name_problems),
        )
        for kind, pools, name_problems in kinds:
            for name, pool in pools.items():
                yield from within(f"{kind}.{name}", [*name_problems(name), *pool.problems()])
        named_before = (
            ("eks", self.gke),
            ("karpenter", {**self.gke, **self.eks}),
            ("compute_classes", {**self.gke, **self.eks, **self.karpenter}),
        )
        for kind, others in named_before:
            for name in sorted({*getattr(self, kind)} & {*others}):
                yield Problem(f"{kind}.{name}", "must have a name of its own, which is that of another pool as well")
