"""Where a model server's files are."""

from collections.abc import Iterable

from gpuplane import quantity
from gpuplane.args import Args, Input, within
from gpuplane.errors import Problem


class ModelClaim(Args):
    """A volume claim for the model's files, shared by all replicas."""

    size: str
    """Its size, such as `50Gi`."""

    storage_class: str
    """Its storage class; with more than one replica one that can be mounted by many nodes."""

    access_mode: str = "ReadWriteMany"
    """`ReadWriteMany`, `ReadOnlyMany`, `ReadWriteOnce` or `ReadWriteOncePod`."""

    def problems(self) -> Iterable[Problem]:
        """A known mode and a quantity."""
        modes = ("ReadWriteMany", "ReadOnlyMany", "ReadWriteOnce", "ReadWriteOncePod")
        if self.access_mode not in modes:
            yield Problem("access_mode", f"unknown mode, got {self.access_mode!r}, allowed: {', '.join(modes)}")
        try:
            quantity.parse(self.size)
        except ValueError as error:
            yield Problem("size", str(error))


class Download(Args):
    """An init container that brings the model's files before the server starts."""

    image: Input[str]
    """An image with the tool to fetch them."""

    command: list[str]
    """What it runs; it writes below the model's mount path."""


class ModelStorage(Args):
    """Where the model's files are: a claim, or a directory of the pod's own that a download fills."""

    mount_path: str = "/models"
    """Where the server sees them, read-only."""

    claim: ModelClaim | None = None
    """A claim to make and mount."""

    download: Download | None = None
    """What fills it before the server starts."""

    size_limit: str = "50Gi"
    """Without a claim, the most the pod's own directory may hold."""

    def problems(self) -> Iterable[Problem]:
        """The files must come from somewhere."""
        if not self.claim and not self.download:
            yield Problem("", "must have a claim or a download, got neither")
        if self.claim:
            yield from within("claim", self.claim.problems())
