"""The machines that a pool's inputs name, from the hardware catalogue."""

from collections.abc import Mapping
from typing import Any

from gpuplane.hardware import Catalogue, Machine, Sharing, attach
from gpuplane.platforms import Platform
from gpuplane.simulation.inputs import at, texts

# Sources: https://cloud.google.com/kubernetes-engine/docs/concepts/node-images and
# https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
GKE_DEFAULT = "e2-medium"
EKS_DEFAULT = "t3.medium"


def gke_machine(inputs: Mapping[str, Any], catalogue: Catalogue) -> Machine:
    """Return the machine of a GKE node pool, with its attached accelerators.

    Raises:
        ValueError: The machine does not exist, or cannot have the accelerators.
    """
    found = catalogue.machine(Platform.GKE, at(inputs, "nodeConfig.machineType", GKE_DEFAULT))
    accelerator, count = gke_accelerator(inputs)
    if not accelerator or found.accelerator == accelerator:
        return found
    return attach(found, catalogue.accelerator(accelerator), count)


def gke_accelerator(inputs: Mapping[str, Any]) -> tuple[str, int]:
    """Return the accelerator of a GKE node pool and the number per node; empty and 0 without one."""
    for asked in at(inputs, "nodeConfig.guestAccelerators", []):
        return at(asked, "type", ""), int(at(asked, "count", 0))
    return "", 0


def gke_sharing(inputs: Mapping[str, Any]) -> Sharing:
    """Return how a GKE node pool shares its GPUs."""
    for asked in at(inputs, "nodeConfig.guestAccelerators", []):
        clients = int(at(asked, "gpuSharingConfig.maxSharedClientsPerGpu", 1))
        return Sharing(clients, at(asked, "gpuPartitionSize", ""))
    return Sharing()


def eks_instance_types(inputs: Mapping[str, Any], launch_template: Mapping[str, Any] | None) -> list[str]:
    """Return the instance types of an EKS node group: its own, its launch template's, or EKS's default."""
    own = [name for _, name in texts(at(inputs, "instanceTypes"))]
    of_template = at(launch_template or {}, "instanceType")
    return own or [of_template or EKS_DEFAULT]
