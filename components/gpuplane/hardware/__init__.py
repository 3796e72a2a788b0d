"""Machine types and accelerators of GCE and EC2: the resources of a node, and those allocatable to pods."""

from gpuplane.hardware.allocatable import Resources, allocatable, node_resources
from gpuplane.hardware.attach import attach
from gpuplane.hardware.catalogue import BUILT_IN, Catalogue
from gpuplane.hardware.efa import EFA_RESOURCE, HUGE_PAGE_MIB, HUGE_PAGES_RESOURCE, efa_huge_pages_mib
from gpuplane.hardware.model import (
    Accelerator,
    LocalSsd,
    Machine,
    Network,
    PurchaseOption,
    UnknownAcceleratorError,
    UnknownMachineError,
)
from gpuplane.hardware.sharing import (
    GPU_RESOURCE,
    ExtendedResource,
    MigStrategy,
    Sharing,
    advertised,
    advertised_resource,
    device_memory_mib,
    devices_per_gpu,
    mig_resource,
    resource_name,
)

__all__ = [
    "BUILT_IN",
    "EFA_RESOURCE",
    "GPU_RESOURCE",
    "HUGE_PAGES_RESOURCE",
    "HUGE_PAGE_MIB",
    "Accelerator",
    "Catalogue",
    "ExtendedResource",
    "LocalSsd",
    "Machine",
    "MigStrategy",
    "Network",
    "PurchaseOption",
    "Resources",
    "Sharing",
    "UnknownAcceleratorError",
    "UnknownMachineError",
    "advertised",
    "advertised_resource",
    "allocatable",
    "attach",
    "device_memory_mib",
    "devices_per_gpu",
    "efa_huge_pages_mib",
    "mig_resource",
    "node_resources",
    "resource_name",
]
