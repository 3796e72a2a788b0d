"""How the kubelet of a GKE pool's nodes places pods on CPUs, memory and devices."""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem


class CpuManager(str, Enum):
    """Whether guaranteed pods get CPUs of their own."""

    NONE = "none"
    STATIC = "static"


class MemoryManager(str, Enum):
    """Whether guaranteed pods get memory of one NUMA node."""

    NONE = "none"
    STATIC = "static"


class TopologyManager(str, Enum):
    """Whether a pod's CPUs, memory and GPUs have to be of one NUMA node."""

    NONE = "none"
    BEST_EFFORT = "best-effort"
    RESTRICTED = "restricted"
    SINGLE_NUMA_NODE = "single-numa-node"


class TopologyScope(str, Enum):
    """What is aligned as one."""

    CONTAINER = "container"
    POD = "pod"


class GkeKubelet(Args):
    """Placing on NUMA nodes, for machines with several sockets.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/node-system-config
    """

    cpu_manager: CpuManager | None = None
    """`static` gives guaranteed pods with whole CPUs their own. By default `none`."""

    memory_manager: MemoryManager | None = None
    """`static` gives guaranteed pods memory of as few NUMA nodes as hold it. By default `none`."""

    topology_manager: TopologyManager | None = None
    """`restricted` and `single-numa-node` refuse a pod that cannot be aligned, which then fails on the node: its
    controller makes another. By default `none`."""

    topology_scope: TopologyScope | None = None
    """Whether containers are aligned one by one or as a `pod`. By default by `container`."""

    def own_problems(self) -> Iterable[Problem]:
        """A scope is that of a topology manager."""
        if self.topology_scope and self.topology_manager in (None, TopologyManager.NONE):
            yield Problem(
                "topology_manager",
                "required with topology_scope, got "
                f"{self.topology_manager.value if self.topology_manager else 'nothing'}, "
                "allowed: best-effort, restricted, single-numa-node",
            )


def kubelet_inputs(kubelet: GkeKubelet | None) -> dict[str, Any]:
    """The kubelet's inputs. Its read-only port, which asks nobody who they are, is always off."""
    chosen = kubelet or GkeKubelet()
    topology = {
        **({"policy": chosen.topology_manager.value} if chosen.topology_manager else {}),
        **({"scope": chosen.topology_scope.value} if chosen.topology_scope else {}),
    }
    return {
        "insecureKubeletReadonlyPortEnabled": "FALSE",
        **({"cpuManagerPolicy": chosen.cpu_manager.value} if chosen.cpu_manager else {}),
        **({"memoryManager": {"policy": chosen.memory_manager.value.title()}} if chosen.memory_manager else {}),
        **({"topologyManager": topology} if topology else {}),
    }
