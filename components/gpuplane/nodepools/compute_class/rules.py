"""Rules of a ComputeClass: each way to get nodes is checked like a node pool."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.paths import within
from gpuplane.hardware import Machine
from gpuplane.nodepools.compute_class.fields import ClassPriority, ClassProvisioningModel, GkeComputeClassFields
from gpuplane.nodepools.gke.args import GkeGpuPoolShape
from gpuplane.nodepools.gke.machine import equipped
from gpuplane.nodepools.gke.provisioning import GkeProvisioningModel, ReservationUse

# The arguments that each way to get nodes has of its own; all others belong to the class.
_OWN = ("machine_type", "accelerator", "gpus_per_node", "provisioning_model", "reservation", "zones", "max_run_seconds")
_NAME = re.compile(r"(?!gke|autopilot)[a-z]([-a-z0-9]{0,61}[a-z0-9])?")


def as_pool(args: GkeComputeClassFields, way: ClassPriority) -> GkeGpuPoolShape:
    """Return one way to get nodes as a node pool."""
    own = way.machine_type is not None
    given: dict[str, Any] = {
        "machine_type": way.machine_type or args.machine_type,
        "accelerator": args.accelerator,
        "gpus_per_node": way.gpus_per_node if own else args.gpus_per_node,
        "provisioning_model": _provisioning_model(way),
        "reservation": way.reservation,
        "zones": way.zones,
        "max_run_seconds": way.max_run_seconds,
        "disk_gib": args.disk_gib,
        "service_account": args.service_account,
        "catalogue": args.catalogue,
        "max_nodes": max(1, args.max_nodes),
    }
    return GkeGpuPoolShape(**given)


def _provisioning_model(way: ClassPriority) -> GkeProvisioningModel:
    is_reserved = way.provisioning_model is ClassProvisioningModel.RESERVATION
    return GkeProvisioningModel.ON_DEMAND if is_reserved else GkeProvisioningModel(way.provisioning_model.value)


def problems(args: GkeComputeClassFields) -> Iterator[Problem]:
    """Yield all problems of a class."""
    if args.max_nodes < 1:
        yield Problem("max_nodes", f"must be at least 1, got {args.max_nodes}")
    if not args.priorities:
        yield Problem("priorities", "must have a way to get nodes, got none, such as {provisioning_model: on-demand}")
    for index, way in enumerate(args.priorities):
        yield from within(f"priorities[{index}]", _of_way(args, way))
        if way in args.priorities[:index]:
            yield Problem(f"priorities[{index}]", "duplicate, got the same way again, fix: remove it")
    if args.priorities:
        yield from (each for each in as_pool(args, args.priorities[0]).problems() if _root(each) not in _OWN)
    yield from _one_kind(args)


def _of_way(args: GkeComputeClassFields, way: ClassPriority) -> Iterable[Problem]:
    is_reserved = way.provisioning_model is ClassProvisioningModel.RESERVATION
    if is_reserved and way.reservation is None:
        yield Problem("reservation", "required with provisioning_model reservation, got nothing")
    elif not is_reserved and way.reservation is not None:
        yield Problem("reservation", f"must be left out with provisioning_model {way.provisioning_model.value}")
    elif way.reservation and way.reservation.consume not in (ReservationUse.SPECIFIC, ReservationUse.ANY):
        yield Problem(
            "reservation.consume", f"must be specific or any, got {way.reservation.consume.value!r} of a ComputeClass"
        )
    else:
        yield from (each for each in as_pool(args, way).problems() if _root(each) in _OWN)


def _root(problem: Problem) -> str:
    return re.split(r"[.\[]", problem.path, maxsplit=1)[0]


def _one_kind(args: GkeComputeClassFields) -> Iterator[Problem]:
    """Check that all ways have the accelerator by which servers select their nodes."""
    kinds = [found.accelerator for way in args.priorities if isinstance(found := equipped(as_pool(args, way)), Machine)]
    for index, kind in enumerate(kinds if len(kinds) == len(args.priorities) else []):
        if kind != kinds[0]:
            yield Problem(
                f"priorities[{index}].machine_type",
                f"must have the accelerator of the first way, {kinds[0]}, got {kind}, fix: a class of its own",
            )


def name_problems(name: str) -> Iterator[Problem]:
    """Yield a problem unless GKE accepts the name; it reserves those that begin with gke or autopilot."""
    if not _NAME.fullmatch(name):
        yield Problem(
            "",
            "must be named with lower-case letters, digits and hyphens, a letter first, no hyphen last, "
            f"at most 63 characters, and not begin with gke or autopilot, got {name!r}",
        )
