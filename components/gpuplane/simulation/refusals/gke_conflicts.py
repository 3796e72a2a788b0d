"""Settings of a GKE node pool that exclude each other.

Sources: the preconditions of https://github.com/GoogleCloudPlatform/cluster-toolkit, modules/compute/gke-node-pool, and
the reference of the fields in https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/NodeConfig.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from gpuplane.arguments.errors import Problem
from gpuplane.platforms import Platform
from gpuplane.simulation.locations import gke_zones
from gpuplane.simulation.request import Request

MOST_AT_ONCE = 20


class Conflict(NamedTuple):
    """A pair of settings that GKE refuses together."""

    path: str
    applies: Callable[[Request], bool]
    message: str


def _is(path: str) -> Callable[[Request], bool]:
    return lambda request: request.get(path) in (True, "true")


def _all(*conditions: Callable[[Request], bool]) -> Callable[[Request], bool]:
    return lambda request: all(condition(request) for condition in conditions)


def _is_reserved(request: Request) -> bool:
    kind = request.get("nodeConfig.reservationAffinity.consumeReservationType", "NO_RESERVATION")
    return kind not in ("NO_RESERVATION", "UNSPECIFIED")


def _is_compact(request: Request) -> bool:
    return request.get("placementPolicy.type") == "COMPACT"


def _is_blue_green(request: Request) -> bool:
    return request.get("upgradeSettings.strategy") == "BLUE_GREEN"


def _spans_zones(request: Request) -> bool:
    return len(gke_zones(request.location, request.get("nodeLocations", []))) != 1


def _image_is_other(request: Request) -> bool:
    return str(request.get("nodeConfig.imageType", "COS_CONTAINERD")).upper() != "COS_CONTAINERD"


def _lacks(path: str) -> Callable[[Request], bool]:
    return lambda request: request.get(path) not in (True, "true")


def _has(path: str) -> Callable[[Request], bool]:
    return lambda request: bool(request.get(path))


def _limits(*names: str) -> Callable[[Request], bool]:
    return lambda request: any(int(request.get(f"autoscaling.{name}", 0)) > 0 for name in names)


_FLEX, _SPOT = _is("nodeConfig.flexStart"), _is("nodeConfig.spot")
_QUEUED = _is("queuedProvisioning.enabled")
_RESERVATION = "nodeConfig.reservationAffinity.consumeReservationType"

CONFLICTS = (
    Conflict(
        "placementPolicy.type",
        _all(_is_compact, _spans_zones),
        "must not be COMPACT in several zones, fix: one zone in nodeLocations",
    ),
    Conflict(
        "placementPolicy.type",
        _all(_is_compact, _is_blue_green),
        "must not be COMPACT with blue-green upgrades, fix: upgradeSettings.strategy SURGE",
    ),
    Conflict(
        "placementPolicy.type",
        _all(_is_compact, _QUEUED),
        "must not be COMPACT with queued provisioning, fix: leave one of them out",
    ),
    Conflict(_RESERVATION, _all(_QUEUED, _is_reserved), "must be NO_RESERVATION with queued provisioning"),
    Conflict(_RESERVATION, _all(_FLEX, _is_reserved), "must be NO_RESERVATION with flexStart"),
    Conflict(_RESERVATION, _all(_SPOT, _is_reserved), "must be NO_RESERVATION with spot"),
    Conflict(
        "autoscaling.totalMinNodeCount",
        _all(_QUEUED, _limits("totalMinNodeCount")),
        "must be 0 with queued provisioning",
    ),
    Conflict(
        "nodeConfig.spot", _all(_SPOT, _QUEUED), "must not be set with queued provisioning, fix: leave one of them out"
    ),
    Conflict("nodeConfig.spot", _all(_SPOT, _FLEX), "must not be set with flexStart, fix: leave one of them out"),
    Conflict(
        "management.autoRepair",
        _all(_FLEX, lambda request: request.get("management.autoRepair", True) not in (False, "false")),
        "must be false with flexStart",
    ),
    Conflict("nodeCount", _all(_FLEX, _has("nodeCount")), "must not be set with flexStart, fix: autoscaling"),
    Conflict(
        "nodeConfig.ephemeralStorageLocalSsdConfig",
        _all(
            _has("nodeConfig.ephemeralStorageLocalSsdConfig.localSsdCount"),
            _has("nodeConfig.localNvmeSsdBlockConfig.localSsdCount"),
        ),
        "must not be set with localNvmeSsdBlockConfig, fix: leave one of them out",
    ),
    Conflict(
        "nodeConfig.secondaryBootDisks",
        _all(_has("nodeConfig.secondaryBootDisks"), _lacks("nodeConfig.gcfsConfig.enabled")),
        "must have image streaming, fix: gcfsConfig.enabled true",
    ),
    Conflict(
        "nodeConfig.fastSocket",
        _all(_is("nodeConfig.fastSocket.enabled"), _lacks("nodeConfig.gvnic.enabled")),
        "must have gVNIC, fix: gvnic.enabled true",
    ),
    Conflict(
        "nodeConfig.gcfsConfig",
        _all(_is("nodeConfig.gcfsConfig.enabled"), _image_is_other),
        "must have the image type COS_CONTAINERD for image streaming, fix: imageType COS_CONTAINERD",
    ),
    Conflict(
        "autoscaling",
        _all(_limits("totalMaxNodeCount", "totalMinNodeCount"), _limits("maxNodeCount", "minNodeCount")),
        "must not have total and per-zone limits, fix: leave one pair out",
    ),
)


def conflicts(request: Request) -> Iterator[Problem]:
    """Refuse settings that exclude each other."""
    for conflict in CONFLICTS:
        if conflict.applies(request):
            yield Problem(conflict.path, conflict.message)


def compact_flex_start(request: Request) -> Iterator[Problem]:
    """Refuse compact flex-start nodes of a machine type that does not support them."""
    supported = sorted(each.name for each in request.catalogue.machines(Platform.GKE) if each.compact_flex_start)
    if _is_compact(request) and _FLEX(request) and request.get("nodeConfig.machineType") not in supported:
        yield Problem(
            "placementPolicy.type",
            f"must not be COMPACT with flexStart but on {' and '.join(supported)}, fix: leave one of them out",
        )


def upgrades(request: Request) -> Iterator[Problem]:
    """Require a surge upgrade that replaces 1 to 20 nodes at a time.

    Source: https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies#surge
    """
    surge, unavailable = (request.get(f"upgradeSettings.{name}") for name in ("maxSurge", "maxUnavailable"))
    if surge is None or unavailable is None or _is_blue_green(request):
        return
    together = int(surge) + int(unavailable)
    if not 1 <= together <= MOST_AT_ONCE:
        yield Problem(
            "upgradeSettings", f"must have maxSurge and maxUnavailable of 1 to {MOST_AT_ONCE} together, got {together}"
        )
