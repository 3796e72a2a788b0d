"""The GPU node pools of a stack."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.paths import within
from gpuplane.component.base import ComponentArgs
from gpuplane.hardware import Machine
from gpuplane.nodepools.compute_class.args import GkeComputeClassShape
from gpuplane.nodepools.eks.args import EksGpuPoolShape
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.nodepools.gke.args import GkeGpuPoolShape
from gpuplane.nodepools.karpenter.args import KarpenterGpuPoolShape
from gpuplane.stackconfig.sections.pool_kinds import POOL_KINDS, PoolKind


class PoolsConfig(Args):
    """GPU node pools by name, under their kind."""

    gke: dict[str, GkeGpuPoolShape] = {}
    """Node pools of the stack's GKE cluster."""

    eks: dict[str, EksGpuPoolShape] = {}
    """Managed node groups of the stack's EKS cluster."""

    karpenter: dict[str, KarpenterGpuPoolShape] = {}
    """Karpenter NodePools of the stack's EKS cluster. A new cluster gets Karpenter with them; an existing one must have
    it."""

    compute_classes: dict[str, GkeComputeClassShape] = {}
    """ComputeClasses of the stack's GKE cluster: several ways to get nodes with the same GPU, tried in order."""

    @property
    def may_grow(self) -> bool:
        """Whether any EKS node group can scale."""
        return any(pool.min_nodes < pool.max_nodes for pool in self.eks.values())

    def own_problems(self) -> Iterable[Problem]:
        """Check that each name suits its kind and is the only one."""
        taken: set[str] = set()
        for pool in Pools(self):
            yield from within(f"{pool.kind.key}.{pool.name}", pool.kind.name_problems(pool.name))
            if pool.name in taken:
                yield Problem(f"{pool.kind.key}.{pool.name}", "duplicate name, got one that another pool has as well")
            taken.add(pool.name)


@dataclass(frozen=True)
class Pool:
    """One pool of a stack.

    Attributes:
        kind: Which kind it is.
        name: Its name.
        shape: Its arguments.
    """

    kind: PoolKind
    name: str
    shape: ComponentArgs

    @property
    def path(self) -> str:
        """Its property path in the config, such as `pools.gke.t4`."""
        return f"pools.{self.kind.key}.{self.name}"

    @property
    def facts(self) -> PoolFacts:
        """The facts that workloads need; the pool must have no problems."""
        return self.kind.facts(self.name, self.shape)

    @property
    def machines(self) -> Sequence[Machine]:
        """The machine types of its nodes; the pool must have no problems."""
        return self.kind.machines(self.shape)

    @property
    def purchase_options(self) -> Sequence[str]:
        """The purchase options of its nodes."""
        return self.kind.purchase_options(self.shape)


class Pools:
    """All pools of a stack, of every kind.

    Args:
        config: The pools as the config has them.

    Example:
        >>> config = PoolsConfig.model_validate({"gke": {"l4": {"machineType": "g2-standard-8", "maxNodes": 2}}})
        >>> [(pool.path, pool.facts.accelerator) for pool in Pools(config)]
        [('pools.gke.l4', 'nvidia-l4')]
    """

    def __init__(self, config: PoolsConfig) -> None:
        self._config = config

    def __iter__(self) -> Iterator[Pool]:
        """Yield the pools, kind by kind."""
        for kind in POOL_KINDS:
            for name, shape in self._by_name(kind).items():
                yield Pool(kind, name, shape)

    @property
    def names(self) -> list[str]:
        """The names of the pools, sorted."""
        return sorted({pool.name for pool in self})

    @property
    def facts(self) -> dict[str, PoolFacts]:
        """The facts of the pools by property path; they must have no problems."""
        return {pool.path: pool.facts for pool in self}

    @property
    def by_kind(self) -> dict[PoolKind, list[Pool]]:
        """The pools by kind, for kinds with any pool."""
        found: dict[PoolKind, list[Pool]] = {}
        for pool in self:
            found.setdefault(pool.kind, []).append(pool)
        return found

    def _by_name(self, kind: PoolKind) -> dict[str, Any]:
        return getattr(self._config, kind.key)
