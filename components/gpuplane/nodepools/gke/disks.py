"""The disks of a GKE pool's nodes."""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem


class GkeLocalSsd(Args):
    """Local SSDs of a node: fast, and lost with the node.

    Source: https://cloud.google.com/kubernetes-engine/docs/concepts/local-ssd
    """

    ephemeral: int = 0
    """Number of disks that hold container images and `emptyDir` volumes instead of the boot disk. Each 375 GB disk is
    billed, unless it is built into the machine type."""

    raw_block: int = 0
    """Number of raw block devices, for the workload to format."""

    def own_problems(self) -> Iterable[Problem]:
        """Require disks of one kind, not both."""
        if self.ephemeral < 0:
            yield Problem("ephemeral", f"must be at least 0, got {self.ephemeral}")
        if self.raw_block < 0:
            yield Problem("raw_block", f"must be at least 0, got {self.raw_block}")
        if self.ephemeral > 0 and self.raw_block > 0:
            yield Problem(
                "",
                f"must be either ephemeral or raw_block, got {self.ephemeral} and {self.raw_block}, "
                "fix: leave one of them out",
            )
        if self.ephemeral == 0 and self.raw_block == 0:
            yield Problem("", "must have ephemeral or raw_block disks, got none, fix: leave local_ssd out")

    @property
    def count(self) -> int:
        """Number of disks of either kind."""
        return self.ephemeral + self.raw_block


class SecondaryDiskMode(str, Enum):
    """Use of a secondary boot disk."""

    CONTAINER_IMAGE_CACHE = "container-image-cache"
    DATA = "data"


class SecondaryBootDisk(Args):
    """A disk with container images or a model that is attached to every new node.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/data-container-image-preloading
    """

    image: str
    """The disk image, such as `projects/acme/global/images/llama-70b`."""

    mode: SecondaryDiskMode = SecondaryDiskMode.CONTAINER_IMAGE_CACHE
    """`container-image-cache` for container images, `data` for files that workloads mount."""


def local_ssd_inputs(local_ssd: GkeLocalSsd | None) -> dict[str, Any]:
    """Return the nodes' local SSD inputs; built-in disks need none."""
    if local_ssd is None:
        return {}
    key = "ephemeralStorageLocalSsdConfig" if local_ssd.ephemeral else "localNvmeSsdBlockConfig"
    return {key: {"localSsdCount": local_ssd.count}}


def secondary_disk_inputs(disks: Sequence[SecondaryBootDisk]) -> dict[str, Any]:
    """Return the nodes' secondary boot disk inputs."""
    made = [
        {
            "diskImage": disk.image,
            **({"mode": "CONTAINER_IMAGE_CACHE"} if disk.mode is SecondaryDiskMode.CONTAINER_IMAGE_CACHE else {}),
        }
        for disk in disks
    ]
    return {"secondaryBootDisks": made} if made else {}
