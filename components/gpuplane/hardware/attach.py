"""Accelerators that are attached to a machine, on GCE's N1 machines."""

import dataclasses
from fractions import Fraction

from gpuplane.hardware.catalogue import accelerator, rows
from gpuplane.hardware.model import Machine
from gpuplane.platforms import Platform

ATTACHABLE_FAMILY = "n1-"


def attach(machine: Machine, accelerator_name: str, count: int) -> Machine:
    """The machine with accelerators attached to it.

    Source: https://cloud.google.com/compute/docs/gpus#general_comparison_chart

    Args:
        machine: An N1 machine.
        accelerator_name: The accelerator, such as `nvidia-tesla-t4`.
        count: How many.

    Raises:
        UnknownAcceleratorError: There is none of that name; the message has the nearest.
        ValueError: The machine takes none, not this one, not so many, or has too many vCPUs for it.

    Example:
        >>> from gpuplane.hardware import machine
        >>> attach(machine(Platform.GKE, "n1-standard-8"), "nvidia-tesla-t4", 2).gpus
        Fraction(2, 1)
    """
    found = accelerator(accelerator_name)
    choices = {
        int(row["count"]): int(row["max_vcpus"]) for row in rows("attachable") if row["accelerator"] == found.name
    }
    takes = machine.platform is Platform.GKE and machine.name.startswith(ATTACHABLE_FAMILY) and not machine.accelerator
    if not takes or not choices:
        allowed = ", ".join(sorted({row["accelerator"] for row in rows("attachable")}))
        raise ValueError(
            f"cannot be attached to {machine.name}, got {found.name!r}, allowed: N1 machines, with one of {allowed}"
        )
    if count not in choices:
        raise ValueError(f"cannot attach {count} of {found.name}, allowed: {', '.join(map(str, sorted(choices)))}")
    if machine.vcpus > choices[count]:
        enough = [number for number, most in sorted(choices.items()) if most >= machine.vcpus]
        fix = f"fix: {enough[0]} or more of them, or a smaller machine" if enough else "fix: a smaller machine"
        raise ValueError(
            f"{count} of {found.name} cannot be attached to {machine.name} with {machine.vcpus} vCPUs, "
            f"allowed: at most {choices[count]}, {fix}"
        )
    return dataclasses.replace(
        machine,
        accelerator=found.name,
        gpus=Fraction(count),
        gpu_memory_mib=found.memory_mib,
        vendor=found.vendor,
    )
