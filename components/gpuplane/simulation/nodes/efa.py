"""EFA on EKS nodes: the number of interfaces, and the memory that is reserved for huge pages."""

import tomllib
from collections.abc import Mapping
from typing import Any

from gpuplane.hardware import HUGE_PAGE_MIB, Machine, efa_huge_pages_mib
from gpuplane.simulation.inputs import at, objects
from gpuplane.simulation.nodes.user_data import decoded

KINDS = ("efa", "efa-only")

# Bottlerocket takes a kernel parameter by both spellings. Source:
# https://bottlerocket.dev/en/os/latest/#/api/settings/kernel/
_PAGES_SETTINGS = ("vm.nr_hugepages", "vm/nr_hugepages")


def efa_interfaces(launch_template: Mapping[str, Any]) -> int:
    """Count the EFA interfaces of a node that starts from a launch template."""
    return sum(at(one, "interfaceType") in KINDS for one in objects(launch_template, "networkInterfaces"))


def huge_pages_mib(found: Machine, launch_template: Mapping[str, Any], is_bottlerocket: bool) -> int:
    """Return the memory in MiB that a node reserves for huge pages of 2 MiB.

    AWS's EFA software does it on Amazon Linux, and custom images are assumed to have it; on Bottlerocket its settings
    do. Effects of shell scripts in user data are unknown.
    """
    if is_bottlerocket:
        return HUGE_PAGE_MIB * _pages_by_settings(decoded(at(launch_template, "userData", "")))
    return efa_huge_pages_mib(found) if efa_interfaces(launch_template) else 0


def _pages_by_settings(user_data: str) -> int:
    try:
        parameters: Mapping[str, Any] = at(tomllib.loads(user_data), "settings.kernel.sysctl", {})
    except tomllib.TOMLDecodeError:
        return 0
    said = next((parameters[name] for name in _PAGES_SETTINGS if name in parameters), 0)
    return int(said) if str(said).isdecimal() else 0
