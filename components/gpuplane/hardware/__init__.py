"""Machine types and accelerators of GCE and EC2: what a node has, and what is left of it for pods."""

from gpuplane.hardware.allocatable import Resources, allocatable, capacity
from gpuplane.hardware.attach import attach
from gpuplane.hardware.catalogue import accelerator, accelerators, machine, machines, register
from gpuplane.hardware.model import (
    Accelerator,
    CapacityKind,
    LocalSsd,
    Machine,
    Network,
    Platform,
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
    "GPU_RESOURCE",
    "Accelerator",
    "CapacityKind",
    "ExtendedResource",
    "LocalSsd",
    "Machine",
    "MigStrategy",
    "Network",
    "Platform",
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
    "machine",
    "machines",
    "mig_resource",
    "register",
    "resource_name",
    "shares",
]
