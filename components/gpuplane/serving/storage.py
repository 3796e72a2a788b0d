"""Storage of a model's files."""

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
    """A PersistentVolumeClaim for the model's files, shared by all replicas."""

    size: str
    """Its size, such as `50Gi`."""

    storage_class: str
    """Its storage class; with several replicas, one that many nodes can mount."""

    access_mode: str = READ_WRITE_MANY
    """`ReadWriteMany`, `ReadOnlyMany`, `ReadWriteOnce` or `ReadWriteOncePod`."""

    def own_problems(self) -> Iterable[Problem]:
        """Require a known access mode and a quantity."""
        if self.access_mode not in MODES:
            yield Problem("access_mode", f"unknown mode, got {self.access_mode!r}, allowed: {', '.join(MODES)}")
        yield from quantity.problems("size", self.size)


class Download(Args):
    """An init container that downloads the model's files by your own image, before the server starts."""

    image: Input[str]
    """An image with the download tool."""

    command: list[str]
    """Its command, which writes below the model's mount path."""


class ModelStorage(Args):
    """Storage of the model's files: a claim, or an `emptyDir` of each pod."""

    mount_path: str = "/models"
    """Mount path of the files in the server's container, read-only."""

    claim: ModelClaim | None = None
    """A claim to create and mount. If it is ReadWriteMany, a Job fetches the `model` once for all replicas."""

    download: Download | None = None
    """Download before the server starts, instead of a `model`'s address."""

    size_limit: str = "50Gi"
    """Without a claim, the size limit of the pod's `emptyDir`."""

    sha256: str | None = None
    """SHA-256 of a fetched model, in hex: of the file, or of the lines `<sha256>  <path>` of its files, sorted by path.
    Default: only sizes, and checksums that the server stores, are verified."""

    def own_problems(self) -> Iterable[Problem]:
        """Require an absolute path, a quantity and a checksum."""
        if not re.fullmatch(r"(/[\w][-.\w]*)+", self.mount_path):
            yield Problem("mount_path", f"must be an absolute path, got {self.mount_path!r}, such as /models")
        elif self.mount_path in ("/tmp", "/cache", "/store", "/dev", "/proc", "/etc"):
            yield Problem("mount_path", f"must be the model's own, got {self.mount_path!r}, such as /models")
        yield from quantity.problems("size_limit", self.size_limit)
        if self.sha256 is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", self.sha256):
            yield Problem("sha256", f"must be 64 hex digits, got {self.sha256!r}")
