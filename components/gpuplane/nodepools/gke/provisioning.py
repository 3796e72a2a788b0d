"""How a GKE pool's nodes are bought, and which reservation they take."""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem

NAME_KEY = "compute.googleapis.com/reservation-name"


class GkeProvisioningModel(str, Enum):
    """How the nodes are bought."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"
    FLEX_START = "flex-start"
    QUEUED = "queued"


DWS_MODELS = (GkeProvisioningModel.FLEX_START, GkeProvisioningModel.QUEUED)
"""The ones of Dynamic Workload Scheduler: cheaper nodes that come when there are some and run for seven days at most.
Source: https://cloud.google.com/kubernetes-engine/docs/concepts/dws"""


QUEUED_TAINT = {"key": "cloud.google.com/gke-queued", "value": "true", "effect": "NoSchedule"}
"""The taint that GKE puts on queued nodes. Source:
https://github.com/GoogleCloudPlatform/cluster-toolkit/tree/v1.95.0/examples/gke-consumption-options"""


class ReservationUse(str, Enum):
    """Which reservations the nodes take, in the words of GKE."""

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
    """The reservation that nodes take.

    Example:
        >>> list(GkeReservation(name="h100s", project="acme-capacity").problems())
        []
    """

    consume: ReservationUse = ReservationUse.SPECIFIC
    """`specific`, the one that is named; `any`, every open one that matches, and on-demand nodes beyond it;
    `any-then-fail`, the same and no node beyond it; `none`, none. A reservation is paid for whether or not it is
    used."""

    name: str | None = None
    """Name of the specific reservation."""

    project: str | None = None
    """The project that shares it. By default the cluster's."""

    block: str | None = None
    """Name of the block inside it that the nodes come from. By default any block."""

    def own_problems(self) -> Iterable[Problem]:
        """A specific one has a name, and only a specific one has."""
        if self.consume is ReservationUse.SPECIFIC and not self.name:
            yield Problem("name", "required with consume specific, got nothing")
        for key in ("name", "project", "block"):
            if self.consume is not ReservationUse.SPECIFIC and getattr(self, key):
                yield Problem(key, f"must be left out with consume {self.consume.value}, got {getattr(self, key)!r}")


def reservation_inputs(model: GkeProvisioningModel, reservation: GkeReservation | None) -> dict[str, Any]:
    """The reservation affinity, empty where GKE's own choice stands.

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
