"""The arguments of a pool's network objects."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.component.base import ComponentArgs
from gpuplane.hardware import BUILT_IN
from gpuplane.hardware.argument import CatalogueArgument
from gpuplane.nodepools.gke.network import NodeNetwork
from gpuplane.platforms import Platform


class GkeNodeNetworksArgs(ComponentArgs):
    """Arguments of `GkeNodeNetworks`."""

    machine_type: str
    """GCE machine type of the pool, which determines the interfaces for RDMA."""

    networks: list[NodeNetwork]
    """The pool's `network.additional_networks`, in the same order."""

    catalogue: CatalogueArgument = BUILT_IN
    """Catalogue of machine types and accelerators. By default the built-in one."""

    def own_problems(self) -> Iterable[Problem]:
        """Require a known machine type and at least one network."""
        try:
            self.catalogue.machine(Platform.GKE, self.machine_type)
        except ValueError as error:
            yield Problem("machine_type", str(error))
        if not self.networks:
            yield Problem("networks", "must not be empty, got none, fix: leave the component out")
