"""The disks of a GKE pool's nodes."""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem


class GkeLocalSsd(Args):
    """Disks in the node's host: fast, and lost with the node.

    Source: https://cloud.google.com/kubernetes-engine/docs/concepts/local-ssd
    """

    ephemeral: int = 0
    """How many of them hold the pods' images and `emptyDir` volumes instead of the boot disk. Each costs as much as
    its 375 GB, unless the machine type has them built in."""

    raw_block: int = 0
    """How many of them are left raw for the workload to format."""

    def own_problems(self) -> Iterable[Problem]:
        """Either kind, not both, and some."""
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
        """How many disks, of either kind."""
        return self.ephemeral + self.raw_block


class SecondaryDiskMode(str, Enum):
    """What a secondary boot disk is for."""

    CONTAINER_IMAGE_CACHE = "container-image-cache"
    DATA = "data"


class SecondaryBootDisk(Args):
    """A disk with container images or a model on it that nodes have from the start.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/data-container-image-preloading
    """

    image: str
    """The disk image, such as `projects/acme/global/images/llama-70b`."""

    mode: SecondaryDiskMode = SecondaryDiskMode.CONTAINER_IMAGE_CACHE
    """`container-image-cache`, images that containers start from; `data`, files for workloads to mount."""


def local_ssd_inputs(local_ssd: GkeLocalSsd | None) -> dict[str, Any]:
    """The nodes' local SSD inputs; what a machine type has built in needs none."""
    if local_ssd is None:
        return {}
    key = "ephemeralStorageLocalSsdConfig" if local_ssd.ephemeral else "localNvmeSsdBlockConfig"
    return {key: {"localSsdCount": local_ssd.count}}


def secondary_disk_inputs(disks: Sequence[SecondaryBootDisk]) -> dict[str, Any]:
    """The nodes' secondary boot disk inputs."""
    made = [
        {
            "diskImage": disk.image,
            **({"mode": "CONTAINER_IMAGE_CACHE"} if disk.mode is SecondaryDiskMode.CONTAINER_IMAGE_CACHE else {}),
        }
        for disk in disks
    ]
    return {"secondaryBootDisks": made} if made else {}
