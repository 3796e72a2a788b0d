"""What a node reads first, as a launch template gives it."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from gpuplane.rehearsal.clouds.requests import at

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
