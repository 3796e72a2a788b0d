"""The rules of a catalogue's rows: the tests hold the built-in ones to them, a stack's config its own."""

import re
from collections.abc import Iterator

from gpuplane.hardware.allocatable import allocatable
from gpuplane.hardware.model import Accelerator, Machine
from gpuplane.platforms import Platform

VENDORS = ("nvidia", "amd")
ARCHITECTURES = ("amd64", "arm64")

# The driver shows slightly less memory than the profiles' names add up to.
_MIG_SLACK_PERCENT = 103
_DISK_GIB = 100

# Source: https://docs.nvidia.com/datacenter/tesla/mig-user-guide/#mig-device-names
_MIG_PROFILE = re.compile(r"\d+g\.(?P<memory_gib>\d+)gb(\+[a-z]+(\.[a-z]+)*|-[a-z]+)?")

Broken = Iterator[tuple[str, str]]
"""Broken rules: the field and a message each; the field of a MIG profile is `mig_profiles.PROFILE`."""


def accelerator_problems(accelerator: Accelerator) -> Broken:
    """Return what is wrong with an accelerator.

    Example:
        >>> list(accelerator_problems(Accelerator("b900", "nvidia", memory_mib=-5)))
        [('memory_mib', 'must be more than 0, got -5, fix: the memory of one GPU in MiB, such as 81920')]
    """
    if accelerator.vendor not in VENDORS:
        yield "vendor", f"unknown vendor, got {accelerator.vendor!r}, allowed: {', '.join(VENDORS)}"
    if accelerator.memory_mib <= 0:
        yield (
            "memory_mib",
            f"must be more than 0, got {accelerator.memory_mib}, fix: the memory of one GPU in MiB, such as 81920",
        )
    for profile, count in accelerator.mig_profiles.items():
        match = _MIG_PROFILE.fullmatch(profile)
        if not match:
            yield f"mig_profiles.{profile}", f"must be named like '1g.5gb', got {profile!r}"
        elif count < 1:
            yield f"mig_profiles.{profile}", f"must be at least 1 partition of a GPU, got {count}"
        elif accelerator.memory_mib > 0:
            memory_mib = count * int(match["memory_gib"]) * 1024
            if memory_mib * 100 > accelerator.memory_mib * _MIG_SLACK_PERCENT:
                yield (
                    f"mig_profiles.{profile}",
                    f"must fit into {accelerator.memory_mib} MiB, got {memory_mib} MiB in all",
                )
    if accelerator.max_shared_clients is not None and accelerator.max_shared_clients < 1:
        yield "max_shared_clients", f"must be at least 1, got {accelerator.max_shared_clients}"
    if accelerator.max_mps_clients < 0:
        yield "max_mps_clients", f"must be at least 0, got {accelerator.max_mps_clients}"


def machine_problems(machine: Machine) -> Broken:
    """Return what is wrong with a machine type."""
    if machine.platform is Platform.KUBECONFIG:
        yield "platform", "must be a cloud, got 'kubeconfig', allowed: gke, eks"
    amounts = {"vcpus": machine.vcpus, "memory_gib": machine.memory_gib, "max_pods": machine.max_pods}
    if machine.gpu:
        amounts |= {"gpus": machine.gpus, "gpu_memory_mib": machine.gpu_memory_mib}
    missing = {name: amount for name, amount in amounts.items() if amount <= 0}
    for name, amount in missing.items():
        yield name, f"must be more than 0, got {amount}"
    if machine.architecture not in ARCHITECTURES:
        yield "architecture", f"unknown architecture, got {machine.architecture!r}, allowed: {', '.join(ARCHITECTURES)}"
    if machine.boot_disks and machine.platform is not Platform.GKE:
        yield "boot_disks", f"only on gke, got platform {machine.platform.value}, fix: leave it out"
    if missing:
        return
    left = allocatable(machine, _DISK_GIB)
    if left.cpu <= 0:
        yield "vcpus", f"must leave some CPU to pods, got {machine.vcpus}, which the node takes itself"
    if left.memory_bytes <= 0:
        yield "memory_gib", f"must leave some memory to pods, got {machine.memory_gib}, which the node takes itself"
