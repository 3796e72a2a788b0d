"""Accelerators that are attached to a machine, on GCE's N1 machines."""

import dataclasses
from fractions import Fraction

from gpuplane.hardware.built_in import rows
from gpuplane.hardware.model import Accelerator, Machine
from gpuplane.platforms import Platform

ATTACHABLE_FAMILY = "n1-"


def attach(machine: Machine, accelerator: Accelerator, count: int) -> Machine:
    """Return the machine with accelerators attached to it.

    Source: https://cloud.google.com/compute/docs/gpus#general_comparison_chart

    Args:
        machine: An N1 machine.
        accelerator: The accelerator, such as `nvidia-tesla-t4`.
        count: Number of them.

    Raises:
        ValueError: The machine takes none, not this one, not so many, or has too many vCPUs for it.

    Example:
        >>> from gpuplane.hardware import BUILT_IN
        >>> known = BUILT_IN
        >>> attach(known.machine(Platform.GKE, "n1-standard-8"), known.accelerator("nvidia-tesla-t4"), 2).gpus
        Fraction(2, 1)
    """
    choices = {
        int(row["count"]): int(row["max_vcpus"]) for row in rows("attachable") if row["accelerator"] == accelerator.name
    }
    takes = machine.platform is Platform.GKE and machine.name.startswith(ATTACHABLE_FAMILY) and not machine.accelerator
    if not takes or not choices:
        allowed = ", ".join(sorted({row["accelerator"] for row in rows("attachable")}))
        raise ValueError(
            f"cannot be attached to {machine.name}, got {accelerator.name!r}, "
            f"allowed: N1 machines, with one of {allowed}"
        )
    if count not in choices:
        raise ValueError(
            f"cannot attach {count} of {accelerator.name}, allowed: {', '.join(map(str, sorted(choices)))}"
        )
    if machine.vcpus > choices[count]:
        enough = [number for number, most in sorted(choices.items()) if most >= machine.vcpus]
        fix = f"fix: {enough[0]} or more of them, or a smaller machine" if enough else "fix: a smaller machine"
        raise ValueError(
            f"{count} of {accelerator.name} cannot be attached to {machine.name} with {machine.vcpus} vCPUs, "
            f"allowed: at most {choices[count]}, {fix}"
        )
    return dataclasses.replace(
        machine,
        gpu=accelerator,
        gpus=Fraction(count),
        gpu_memory_mib=accelerator.memory_mib,
    )
