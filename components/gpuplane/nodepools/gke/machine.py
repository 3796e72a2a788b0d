"""The accelerators of a GKE pool's nodes: built into the machine type, or attached to it."""

from typing import Protocol

from gpuplane.arguments.errors import Problem
from gpuplane.hardware import Catalogue, Machine, attach
from gpuplane.platforms import Platform


class MachineShape(Protocol):
    """The arguments that determine a node's machine and accelerators."""

    @property
    def machine_type(self) -> str:
        """GCE machine type."""
        ...

    @property
    def accelerator(self) -> str | None:
        """Name of the accelerator, None for the built-in one."""
        ...

    @property
    def gpus_per_node(self) -> int | None:
        """Number of accelerators, None for the built-in number."""
        ...

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of machine types and accelerators."""
        ...


def equipped(shape: MachineShape) -> Machine | Problem:
    """Return the machine with its accelerators, or why there is no such machine."""
    try:
        found = shape.catalogue.machine(Platform.GKE, shape.machine_type)
    except ValueError as error:
        return Problem("machine_type", str(error))
    if found.accelerator is None:
        return _attached(found, shape)
    if found.vendor != "nvidia":
        return Problem("machine_type", f"must have NVIDIA GPUs, got {found.name!r} with {found.accelerator!r}")
    if shape.accelerator not in (None, found.accelerator):
        return Problem(
            "accelerator",
            f"must be the one {found.name} has built in, got {shape.accelerator!r}, "
            f"allowed: {found.accelerator}, fix: leave it out",
        )
    if shape.gpus_per_node not in (None, found.gpu_devices):
        return Problem(
            "gpus_per_node",
            f"must be what {found.name} has built in, got {shape.gpus_per_node}, "
            f"allowed: {found.gpu_devices}, fix: leave it out",
        )
    return found


def gpu_machine(shape: MachineShape) -> Machine:
    """Return the machine with its accelerators; the arguments must have no problems."""
    found = equipped(shape)
    assert isinstance(found, Machine)
    return found


def _attached(found: Machine, shape: MachineShape) -> Machine | Problem:
    if shape.accelerator is None:
        return Problem(
            "accelerator", f"required by {found.name}, which has no built-in accelerator, for example nvidia-tesla-t4"
        )
    try:
        return attach(found, shape.catalogue.accelerator(shape.accelerator), shape.gpus_per_node or 1)
    except ValueError as error:
        return Problem("accelerator", str(error))
