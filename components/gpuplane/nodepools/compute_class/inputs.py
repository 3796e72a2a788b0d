"""The object of a GKE ComputeClass.

Source: https://cloud.google.com/kubernetes-engine/docs/reference/crds/computeclass
"""

from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.nodepools.compute_class.args import GkeComputeClassShape
from gpuplane.nodepools.compute_class.fields import ClassPriority, ClassProvisioningModel
from gpuplane.nodepools.compute_class.rules import as_pool
from gpuplane.nodepools.gke.machine import gpu_machine
from gpuplane.nodepools.gke.provisioning import GkeReservation, ReservationUse


def class_inputs(name: str, args: GkeComputeClassShape, service_account: Input[str]) -> dict[str, Any]:
    """Return the ComputeClass."""
    return {
        "apiVersion": "cloud.google.com/v1",
        "kind": "ComputeClass",
        "metadata": {"name": name},
        "spec": {
            "priorities": [_priority(args, way) for way in args.priorities],
            "nodePoolAutoCreation": {"enabled": True},
            "nodePoolConfig": {
                "serviceAccount": service_account,
                "imageStreaming": {"enabled": args.image_streaming},
            },
            "activeMigration": {"optimizeRulePriority": args.active_migration},
            # GKE's alternative starts nodes without GPUs: pods stay pending all the same, and the nodes cost money.
            "whenUnsatisfiable": "DoNotScaleUp",
        },
    }


def _priority(args: GkeComputeClassShape, way: ClassPriority) -> dict[str, Any]:
    found = gpu_machine(as_pool(args, way))
    is_specific = way.reservation is not None and way.reservation.consume is ReservationUse.SPECIFIC
    return {
        "machineType": found.name,
        "gpu": {"type": found.accelerator, "count": found.gpu_devices, "driverVersion": args.driver.value},
        "spot": way.provisioning_model is ClassProvisioningModel.SPOT,
        **({"flexStart": {"enabled": True}} if way.provisioning_model is ClassProvisioningModel.FLEX_START else {}),
        **({"reservations": _reservations(way.reservation, way.zones)} if way.reservation else {}),
        # GKE accepts the zones of a specific reservation only inside it.
        **({"location": {"zones": way.zones}} if way.zones and not is_specific else {}),
        **({"maxRunDurationSeconds": way.max_run_seconds} if way.max_run_seconds else {}),
        "storage": {
            "bootDiskSize": args.disk_gib,
            **({"bootDiskType": found.boot_disks[0]} if found.boot_disks else {}),
        },
    }


def _reservations(reservation: GkeReservation, zones: list[str] | None) -> dict[str, Any]:
    if reservation.consume is not ReservationUse.SPECIFIC:
        return {"affinity": "AnyBestEffort"}
    return {
        "affinity": "Specific",
        "specific": [
            {
                "name": reservation.name,
                **({"project": reservation.project} if reservation.project else {}),
                **({"reservationBlock": {"name": reservation.block}} if reservation.block else {}),
                **({"zones": zones} if zones else {}),
            }
        ],
    }
