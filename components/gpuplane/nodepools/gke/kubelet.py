"""How the kubelet of a GKE pool's nodes assigns CPUs, memory and devices to pods."""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem


class CpuManager(str, Enum):
    """Whether Guaranteed pods get exclusive CPUs."""

    NONE = "none"
    STATIC = "static"


class MemoryManager(str, Enum):
    """Whether Guaranteed pods get memory from the fewest NUMA nodes."""

    NONE = "none"
    STATIC = "static"


class TopologyManager(str, Enum):
    """Whether a pod's CPUs, memory and GPUs are aligned on NUMA nodes."""

    NONE = "none"
    BEST_EFFORT = "best-effort"
    RESTRICTED = "restricted"
    SINGLE_NUMA_NODE = "single-numa-node"


class TopologyScope(str, Enum):
    """Unit of alignment."""

    CONTAINER = "container"
    POD = "pod"


class GkeKubelet(Args):
    """Alignment on NUMA nodes, for machines with several sockets.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/node-system-config
    """

    cpu_manager: CpuManager | None = None
    """`static` gives Guaranteed pods with integer CPU requests exclusive CPUs. By default `none`."""

    memory_manager: MemoryManager | None = None
    """`static` gives Guaranteed pods memory from as few NUMA nodes as possible. By default `none`."""

    topology_manager: TopologyManager | None = None
    """With `restricted` and `single-numa-node` a pod that cannot be aligned fails on the node, and its controller
    creates another. By default `none`."""

    topology_scope: TopologyScope | None = None
    """Whether each `container` is aligned by itself, or the whole `pod`. By default `container`."""

    def own_problems(self) -> Iterable[Problem]:
        """Require a topology manager with a scope."""
        if self.topology_scope and self.topology_manager in (None, TopologyManager.NONE):
            yield Problem(
                "topology_manager",
                "required with topology_scope, got "
                f"{self.topology_manager.value if self.topology_manager else 'nothing'}, "
                "allowed: best-effort, restricted, single-numa-node",
            )


def kubelet_inputs(kubelet: GkeKubelet | None) -> dict[str, Any]:
    """Return the kubelet's inputs. Its unauthenticated read-only port is always disabled."""
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
