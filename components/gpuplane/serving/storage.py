"""Where a model server's files are kept."""

import re
from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.kubernetes import quantity

READ_WRITE_MANY = "ReadWriteMany"
SINGLE_WRITER = ("ReadWriteOnce", "ReadWriteOncePod")
MODES = (READ_WRITE_MANY, "ReadOnlyMany", *SINGLE_WRITER)


class ModelClaim(Args):
    """A volume claim for the model's files, shared by all replicas."""

    size: str
    """Its size, such as `50Gi`."""

    storage_class: str
    """Its storage class; with more than one replica one that can be mounted by many nodes."""

    access_mode: str = READ_WRITE_MANY
    """`ReadWriteMany`, `ReadOnlyMany`, `ReadWriteOnce` or `ReadWriteOncePod`."""

    def own_problems(self) -> Iterable[Problem]:
        """A known mode and a quantity."""
        if self.access_mode not in MODES:
            yield Problem("access_mode", f"unknown mode, got {self.access_mode!r}, allowed: {', '.join(MODES)}")
        yield from quantity.problems("size", self.size)


class Download(Args):
    """An init container that brings the model's files before the server starts, by a tool of your own."""

    image: Input[str]
    """An image with the tool to fetch them."""

    command: list[str]
    """What it runs; it writes below the model's mount path."""


class ModelStorage(Args):
    """Where the model's files are kept: on a claim, or in a directory of the pod's own."""

    mount_path: str = "/models"
    """Where the server sees them, read-only."""

    claim: ModelClaim | None = None
    """A claim to make and mount. With a `model` on a ReadWriteMany one, a Job fetches it once for all replicas."""

    download: Download | None = None
    """What fills it before the server starts, where that is not a `model`'s address."""

    size_limit: str = "50Gi"
    """Without a claim, the most the pod's own directory may hold."""

    sha256: str | None = None
    """Checksum of a fetched model, in hex: of the one file, or of the lines `<sha256>  <path>` of its files, sorted by
    path. By default what its place says of each file: its size, and the checksum that it keeps."""

    def own_problems(self) -> Iterable[Problem]:
        """Absolute paths, quantities, and each part's own."""
        if not re.fullmatch(r"(/[\w][-.\w]*)+", self.mount_path):
            yield Problem("mount_path", f"must be an absolute path, got {self.mount_path!r}, such as /models")
        elif self.mount_path in ("/tmp", "/cache", "/store", "/dev", "/proc", "/etc"):
            yield Problem("mount_path", f"must be the model's own, got {self.mount_path!r}, such as /models")
        yield from quantity.problems("size_limit", self.size_limit)
        if self.sha256 is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", self.sha256):
            yield Problem("sha256", f"must be 64 hex digits, got {self.sha256!r}")
