"""The volume claims of a training job: data it reads, checkpoints it writes."""

import re
from collections.abc import Iterable
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.kubernetes import quantity

_MODES = ("ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany", "ReadWriteOncePod")


class JobClaim(Args):
    """A volume claim: one that is there, or one to make."""

    mount_path: str
    """Where the job sees it, such as `/data`."""

    existing: Input[str] | None = None
    """Name of a claim that is there."""

    read_only: bool = False
    """Whether the job may only read it, as it should its data."""

    size: str | None = None
    """Instead of `existing`, the size of a claim to make, such as `200Gi`. It costs until it is deleted, and it goes
    with the stack."""

    storage_class: str | None = None
    """Storage class of a claim to make. By default the cluster's own."""

    access_mode: str = "ReadWriteOnce"
    """How a claim to make may be mounted."""

    def own_problems(self) -> Iterable[Problem]:
        """A claim from somewhere, that can be written by whoever fills it."""
        if (self.existing is None) == (self.size is None):
            said = "neither" if self.existing is None else "both"
            yield Problem("", f"must have either existing or size, got {said}")
        if not re.fullmatch(r"(/[\w.\-]+)+", self.mount_path) or self.mount_path in ("/tmp", "/dev/shm"):
            yield Problem(
                "mount_path", f"must be an absolute path other than /tmp and /dev/shm, got {self.mount_path!r}"
            )
        if self.access_mode not in _MODES:
            yield Problem("access_mode", f"unknown mode, got {self.access_mode!r}, allowed: {', '.join(_MODES)}")
        if self.size is not None:
            yield from quantity.problems("size", self.size)
            if self.read_only or self.access_mode == "ReadOnlyMany":
                yield Problem("", "must be writable where it is made: a new claim is empty, fix: existing, for data")


def claim_spec(claim: JobClaim) -> dict[str, Any]:
    """The spec of a claim to make."""
    return {
        "accessModes": [claim.access_mode],
        **({"storageClassName": claim.storage_class} if claim.storage_class is not None else {}),
        "resources": {"requests": {"storage": claim.size}},
    }
