"""Rules of the provisioning model, compact placement, repairs and run time.

Sources: the preconditions of https://github.com/GoogleCloudPlatform/cluster-toolkit, modules/compute/gke-node-pool, and
https://cloud.google.com/kubernetes-engine/docs/concepts/dws.
"""

from collections.abc import Iterator

from gpuplane.arguments.errors import Problem
from gpuplane.nodepools.gke.fields import GkeGpuPoolFields
from gpuplane.nodepools.gke.provisioning import DWS_MODELS, GkeProvisioningModel, ReservationUse
from gpuplane.platforms import Platform

# Sources, read in November 2026: https://cloud.google.com/compute/docs/instances/limit-vm-runtime and, for the seven
# days, https://cloud.google.com/compute/docs/instances/about-flex-start-vms
SHORTEST_RUN_SECONDS, LONGEST_RUN_SECONDS = 30, 120 * 24 * 3600
LONGEST_FLEXIBLE_RUN_SECONDS = 7 * 24 * 3600


def reserved(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Refuse a reservation for nodes other than on-demand ones."""
    takes = pool.reservation and pool.reservation.consume is not ReservationUse.NONE
    if takes and pool.provisioning_model is not GkeProvisioningModel.ON_DEMAND:
        yield Problem(
            "reservation",
            f"must be left out with provisioning_model {pool.provisioning_model.value}, whose nodes cannot use one, "
            "fix: provisioning_model on-demand",
        )


def repaired(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Refuse repairs of nodes of Dynamic Workload Scheduler."""
    if pool.repair and pool.provisioning_model in DWS_MODELS:
        yield Problem(
            "repair",
            f"must be false with provisioning_model {pool.provisioning_model.value}, got True, fix: leave it out",
        )


def placed(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Refuse what compact placement excludes."""
    if not pool.placement:
        return
    if pool.upgrade and pool.upgrade.blue_green:
        yield Problem("upgrade.blue_green", "must be left out with placement, fix: upgrade.surge")
    if pool.provisioning_model is GkeProvisioningModel.QUEUED:
        yield Problem(
            "placement",
            "must be left out with provisioning_model queued, fix: provisioning_model flex-start or on-demand",
        )
    supported = [each.name for each in pool.catalogue.machines(Platform.GKE) if each.compact_flex_start]
    if pool.provisioning_model is GkeProvisioningModel.FLEX_START and pool.machine_type not in supported:
        yield Problem(
            "placement",
            f"must be left out with provisioning_model flex-start on {pool.machine_type}, "
            f"allowed on: {', '.join(sorted(supported))}",
        )


def run_time(pool: GkeGpuPoolFields) -> Iterator[Problem]:
    """Require a maximum run time that Google allows."""
    longest = LONGEST_FLEXIBLE_RUN_SECONDS if pool.provisioning_model in DWS_MODELS else LONGEST_RUN_SECONDS
    if pool.max_run_seconds is not None and not SHORTEST_RUN_SECONDS <= pool.max_run_seconds <= longest:
        yield Problem(
            "max_run_seconds",
            f"must be from {SHORTEST_RUN_SECONDS} to {longest} with provisioning_model "
            f"{pool.provisioning_model.value}, "
            f"got {pool.max_run_seconds}",
        )


RULES = (reserved, repaired, placed, run_time)
