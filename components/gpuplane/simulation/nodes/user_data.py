"""User data of launch templates."""

import base64
import binascii
import tomllib
from collections.abc import Mapping
from typing import Any

from gpuplane.simulation.inputs import at

# The settings by which Amazon Linux 2023 and Bottlerocket join a machine's local disks.
_JOINS = ("strategy: RAID0", '"ephemeral-storage", "init"')


def decoded(user_data: str) -> str:
    """Return the text of a launch template's user data; empty if it is not base64."""
    try:
        return base64.b64decode(user_data, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def joins_disks(launch_template: Mapping[str, Any]) -> bool:
    """Return whether nodes join their local disks to hold images and ephemeral storage."""
    text = decoded(at(launch_template, "userData", ""))
    return any(phrase in text for phrase in _JOINS)


def bottlerocket_mig_profile(launch_template: Mapping[str, Any]) -> str:
    """Return the MIG profile of Bottlerocket's settings; empty if GPUs are not partitioned."""
    try:
        said = tomllib.loads(decoded(at(launch_template, "userData", "")))
    except tomllib.TOMLDecodeError:
        return ""
    plugin = at(said, "settings.kubelet-device-plugins.nvidia", {})
    profiles: Mapping[str, Any] = at(plugin, "mig.profile", {})
    return next(map(str, profiles.values()), "") if plugin.get("device-partitioning-strategy") == "mig" else ""
