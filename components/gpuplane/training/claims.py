"""Volume claims of a training job, such as for data and checkpoints."""

import re
from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.kubernetes import quantity

_MODES = ("ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany", "ReadWriteOncePod")


class JobClaim(Args):
    """A volume claim: an existing one, or one to create."""

    mount_path: str
    """Mount path, such as `/data`."""

    existing: Input[str] | None = None
    """Name of an existing claim."""

    read_only: bool = False
    """Whether to mount it read-only, recommended for data."""

    size: str | None = None
    """Size of a claim to create, such as `200Gi`. It costs until it is deleted, and is deleted with the stack."""

    storage_class: str | None = None
    """Storage class of a claim to create. Default: the cluster's default class."""

    access_mode: str = "ReadWriteOnce"
    """Access mode of a claim to create."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield a claim without a source, a bad mount path, and a claim to create that nothing can write to."""
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
                yield Problem("", "must be writable, a new claim is empty, fix: existing, for data")
