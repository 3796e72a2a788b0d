"""Rules that GPU pools of EKS and of Karpenter share."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input, is_plain
from gpuplane.hardware import Catalogue, Machine
from gpuplane.nodepools.facts import GPU_PRESENT_LABEL
from gpuplane.platforms import Platform, facts

OWN_LABELS = (GPU_PRESENT_LABEL, facts(Platform.EKS).accelerator_label)

# The size of the AMI.
MIN_DISK_GIB = 20


def gpu_machine_problem(catalogue: Catalogue, name: str, path: str) -> Machine | Problem:
    """Return the machine type, or why a GPU pool cannot use it."""
    try:
        found = catalogue.machine(Platform.EKS, name)
    except ValueError as error:
        return Problem(path, str(error))
    if found.vendor != "nvidia":
        return Problem(path, f"must have NVIDIA GPUs, got {found.name!r} with {found.vendor or 'none'}")
    if found.is_fractional:
        return Problem(
            path,
            f"must have whole GPUs, got {found.name!r} with {found.gpus} of a {found.accelerator}, "
            "which pods cannot tell from a whole one, fix: an instance type with whole GPUs",
        )
    return found


def max_nodes_problems(max_nodes: int) -> Iterable[Problem]:
    """Yield a problem unless the pool may have a node."""
    if max_nodes < 1:
        yield Problem("max_nodes", f"must be at least 1, got {max_nodes}")


def disk_problems(disk_gib: int, max_gib: int) -> Iterable[Problem]:
    """Yield a problem unless the volume holds the AMI and is no larger than `max_gib`."""
    if not MIN_DISK_GIB <= disk_gib <= max_gib:
        yield Problem("disk_gib", f"must be from {MIN_DISK_GIB} to {max_gib}, got {disk_gib}")


def id_problems(path: str, value: Input[str] | None, prefix: str) -> Iterable[Problem]:
    """Yield a problem if the id or ARN is known and does not start as AWS' do."""
    if value is not None and is_plain(value) and not str(value).startswith(prefix):
        yield Problem(path, f"must start with {prefix!r}, got {value!r}")
