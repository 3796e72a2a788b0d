"""Provisioning models of a GKE pool's nodes, and the reservation that they consume."""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem

NAME_KEY = "compute.googleapis.com/reservation-name"


class GkeProvisioningModel(str, Enum):
    """Provisioning model of the nodes."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"
    FLEX_START = "flex-start"
    QUEUED = "queued"


DWS_MODELS = (GkeProvisioningModel.FLEX_START, GkeProvisioningModel.QUEUED)
"""Models of Dynamic Workload Scheduler: cheaper nodes that start when capacity is available and run for seven days at
most.
Source: https://cloud.google.com/kubernetes-engine/docs/concepts/dws"""


QUEUED_TAINT = {"key": "cloud.google.com/gke-queued", "value": "true", "effect": "NoSchedule"}
"""The taint that GKE puts on queued nodes. Source:
https://github.com/GoogleCloudPlatform/cluster-toolkit/tree/v1.95.0/examples/gke-consumption-options"""


class ReservationUse(str, Enum):
    """Which reservations the nodes consume."""

    ANY = "any"
    ANY_THEN_FAIL = "any-then-fail"
    SPECIFIC = "specific"
    NONE = "none"


CONSUME = {
    ReservationUse.ANY: "ANY_RESERVATION",
    ReservationUse.ANY_THEN_FAIL: "ANY_RESERVATION_THEN_FAIL",
    ReservationUse.SPECIFIC: "SPECIFIC_RESERVATION",
    ReservationUse.NONE: "NO_RESERVATION",
}


class GkeReservation(Args):
    """The reservation that nodes consume.

    Example:
        >>> list(GkeReservation(name="h100s", project="acme-capacity").problems())
        []
    """

    consume: ReservationUse = ReservationUse.SPECIFIC
    """`specific`: the named reservation; `any`: any matching open reservation, then on-demand nodes; `any-then-fail`:
    any matching open reservation only; `none`: none. A reservation is billed whether or not it is used."""

    name: str | None = None
    """Name of the specific reservation."""

    project: str | None = None
    """Project that owns a shared reservation. By default the cluster's."""

    block: str | None = None
    """Name of the reservation block to consume. By default any block."""

    def own_problems(self) -> Iterable[Problem]:
        """Require a name with `specific`, and only then."""
        if self.consume is ReservationUse.SPECIFIC and not self.name:
            yield Problem("name", "required with consume specific, got nothing")
        for key in ("name", "project", "block"):
            if self.consume is not ReservationUse.SPECIFIC and getattr(self, key):
                yield Problem(key, f"must be left out with consume {self.consume.value}, got {getattr(self, key)!r}")


def reservation_inputs(model: GkeProvisioningModel, reservation: GkeReservation | None) -> dict[str, Any]:
    """Return the reservation affinity, empty if GKE chooses.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/consuming-reservations
    """
    if model in DWS_MODELS:
        return {"reservationAffinity": {"consumeReservationType": CONSUME[ReservationUse.NONE]}}
    if reservation is None:
        return {}
    affinity: dict[str, Any] = {"consumeReservationType": CONSUME[reservation.consume]}
    if reservation.name:
        path = f"projects/{reservation.project}/reservations/{reservation.name}" if reservation.project else None
        block = f"/reservationBlocks/{reservation.block}" if reservation.block else ""
        affinity |= {"key": NAME_KEY, "values": [f"{path or reservation.name}{block}"]}
    return {"reservationAffinity": affinity}
