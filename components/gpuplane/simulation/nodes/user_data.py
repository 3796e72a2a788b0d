"""What a node reads first, as a launch template gives it."""

import base64
import binascii
import tomllib
from collections.abc import Mapping
from typing import Any

from gpuplane.simulation.inputs import at

# How Amazon Linux 2023 and Bottlerocket are told to join the disks of a machine.
_JOINS = ("strategy: RAID0", '"ephemeral-storage", "init"')


def decoded(user_data: str) -> str:
    """The text of a launch template's user data; empty where it is none."""
    try:
        return base64.b64decode(user_data, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def joins_disks(launch_template: Mapping[str, Any]) -> bool:
    """Whether nodes join the disks of their machine to hold images and pods' files."""
    text = decoded(at(launch_template, "userData", ""))
    return any(phrase in text for phrase in _JOINS)


def bottlerocket_mig_profile(launch_template: Mapping[str, Any]) -> str:
    """The MIG profile that Bottlerocket's settings cut GPUs by; empty where they stay whole."""
    try:
        said = tomllib.loads(decoded(at(launch_template, "userData", "")))
    except tomllib.TOMLDecodeError:
        return ""
    plugin = at(said, "settings.kubelet-device-plugins.nvidia", {})
    profiles: Mapping[str, Any] = at(plugin, "mig.profile", {})
    return next(map(str, profiles.values()), "") if plugin.get("device-partitioning-strategy") == "mig" else ""
