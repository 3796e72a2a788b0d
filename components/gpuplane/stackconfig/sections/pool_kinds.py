"""The kinds of GPU node pool that a stack can have: one row each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gpuplane.arguments.errors import Problem
from gpuplane.component.base import ComponentArgs
from gpuplane.hardware import Machine
from gpuplane.nodepools.compute_class.args import GkeComputeClassArgs, GkeComputeClassShape
from gpuplane.nodepools.compute_class.facts import facts as class_facts
from gpuplane.nodepools.compute_class.rules import as_pool
from gpuplane.nodepools.compute_class.rules import name_problems as class_name_problems
from gpuplane.nodepools.eks.args import EksGpuNodePoolArgs, EksGpuPoolShape
from gpuplane.nodepools.eks.facts import facts as eks_facts
from gpuplane.nodepools.eks.rules import name_problems as eks_name_problems
from gpuplane.nodepools.facts import PoolFacts
from gpuplane.nodepools.gke.args import GkeGpuNodePoolArgs, GkeGpuPoolShape
from gpuplane.nodepools.gke.facts import facts as gke_facts
from gpuplane.nodepools.gke.machine import gpu_machine
from gpuplane.nodepools.gke.naming import name_problems as gke_name_problems
from gpuplane.nodepools.karpenter.args import KarpenterGpuNodePoolArgs, KarpenterGpuPoolShape
from gpuplane.nodepools.karpenter.facts import facts as karpenter_facts
from gpuplane.nodepools.karpenter.rules import chosen
from gpuplane.nodepools.karpenter.rules import name_problems as karpenter_name_problems
from gpuplane.platforms import Platform


@dataclass(frozen=True)
class PoolKind:
    """A kind of pool.

    Attributes:
        key: Its key in `pools`, as Python spells it.
        platform: The platform whose clusters can have it.
        component: The name of its component in `gpuplane`.
        args: The component's arguments: the pool's own, and those that put it into a cluster.
        is_kubernetes_object: Whether it is made by the cluster's API server rather than by the cloud alone.
        name_problems: Why a pool cannot have a name.
        facts: The facts of a pool without problems.
        machines: The machine types of a pool without problems.
        purchase_options: The purchase options of its nodes.
    """

    key: str
    platform: Platform
    component: str
    args: type[ComponentArgs]
    is_kubernetes_object: bool
    name_problems: Callable[[str], Iterable[Problem]]
    facts: Callable[[str, Any], PoolFacts]
    machines: Callable[[Any], Sequence[Machine]]
    purchase_options: Callable[[Any], Sequence[str]]


def _gke_machines(pool: GkeGpuPoolShape) -> Sequence[Machine]:
    return [gpu_machine(pool)]


def _gke_purchases(pool: GkeGpuPoolShape) -> Sequence[str]:
    return [pool.provisioning_model.value]


def _eks_machines(pool: EksGpuPoolShape) -> Sequence[Machine]:
    return [pool.catalogue.machine(Platform.EKS, name) for name in (pool.machine_type, *pool.alternative_machine_types)]


def _eks_purchases(pool: EksGpuPoolShape) -> Sequence[str]:
    return [pool.capacity_type.value]


def _karpenter_purchases(pool: KarpenterGpuPoolShape) -> Sequence[str]:
    return [option.value for option in pool.capacity_type]


def _class_machines(pool: GkeComputeClassShape) -> Sequence[Machine]:
    return [gpu_machine(as_pool(pool, way)) for way in pool.priorities]


def _class_purchases(pool: GkeComputeClassShape) -> Sequence[str]:
    return list(dict.fromkeys(way.provisioning_model.value for way in pool.priorities))


POOL_KINDS = (
    PoolKind(
        key="gke",
        platform=Platform.GKE,
        component="GkeGpuNodePool",
        args=GkeGpuNodePoolArgs,
        is_kubernetes_object=False,
        name_problems=gke_name_problems,
        facts=gke_facts,
        machines=_gke_machines,
        purchase_options=_gke_purchases,
    ),
    PoolKind(
        key="eks",
        platform=Platform.EKS,
        component="EksGpuNodePool",
        args=EksGpuNodePoolArgs,
        is_kubernetes_object=False,
        name_problems=eks_name_problems,
        facts=eks_facts,
        machines=_eks_machines,
        purchase_options=_eks_purchases,
    ),
    PoolKind(
        key="karpenter",
        platform=Platform.EKS,
        component="KarpenterGpuNodePool",
        args=KarpenterGpuNodePoolArgs,
        is_kubernetes_object=True,
        name_problems=karpenter_name_problems,
        facts=karpenter_facts,
        machines=chosen,
        purchase_options=_karpenter_purchases,
    ),
    PoolKind(
        key="compute_classes",
        platform=Platform.GKE,
        component="GkeComputeClass",
        args=GkeComputeClassArgs,
        is_kubernetes_object=True,
        name_problems=class_name_problems,
        facts=class_facts,
        machines=_class_machines,
        purchase_options=_class_purchases,
    ),
)
