"""Machine types and accelerators of GCE and EC2: what a node has, and what is left of it for pods."""

from gpuplane.hardware.allocatable import Resources, allocatable, capacity
from gpuplane.hardware.attach import attach
from gpuplane.hardware.catalogue import accelerator, accelerators, machine, machines, register
from gpuplane.hardware.efa import EFA_RESOURCE, HUGE_PAGE_MIB, HUGE_PAGES_RESOURCE, efa_huge_pages_mib
from gpuplane.hardware.model import (
    Accelerator,
    CapacityKind,
    LocalSsd,
    Machine,
    Network,
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
    mig_resource,
    resource_name,
    shares,
)

__all__ = [
    "EFA_RESOURCE",
    "GPU_RESOURCE",
    "HUGE_PAGES_RESOURCE",
    "HUGE_PAGE_MIB",
    "Accelerator",
    "CapacityKind",
    "ExtendedResource",
    "LocalSsd",
    "Machine",
    "MigStrategy",
    "Network",
    "Resources",
    "Sharing",
    "UnknownAcceleratorError",
    "UnknownMachineError",
    "accelerator",
    "accelerators",
    "advertised",
    "advertised_resource",
    "allocatable",
    "attach",
    "capacity",
    "device_memory_mib",
    "efa_huge_pages_mib",
    "machine",
    "machines",
    "mig_resource",
    "register",
    "resource_name",
    "shares",
]
