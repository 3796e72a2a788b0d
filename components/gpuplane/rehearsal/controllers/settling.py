"""Waits until a cluster has settled."""

import time
from collections.abc import Callable

from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.cloud_controllers import CloudControllers

QUIET_SECONDS = 4
# A busy machine may take seconds for one snapshot.
QUIET_LOOKS = 8
SETTLED_TIMEOUT_SECONDS = 180


def settled(
    controllers: CloudControllers,
    check_alive: Callable[[], None],
    is_done: Callable[[Snapshot], bool],
) -> Snapshot:
    """Wait until the cluster is as expected or nothing has moved for a while, and return its snapshot.

    Args:
        controllers: The source of snapshots.
        check_alive: Raises if the control plane has ended.
        is_done: Whether a snapshot is as expected; called with every snapshot.

    Raises:
        RunError: The control plane has ended.
    """
    began = moved = time.monotonic()
    before: object = None
    looks = 0
    while True:
        check_alive()
        snapshot, now = controllers.fresh(), time.monotonic()
        if is_done(snapshot):
            return snapshot
        progress = snapshot.progress
        looks = looks + 1 if progress == before else 0
        if not looks:
            before, moved = progress, now
        is_quiet = now - moved > QUIET_SECONDS and looks >= QUIET_LOOKS
        if is_quiet or now - began > SETTLED_TIMEOUT_SECONDS:
            return snapshot
