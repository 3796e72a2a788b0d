"""Rules of GKE and Compute Engine for a node pool's machines: disks, sharing, networks, run time and metadata."""

import re
from collections.abc import Iterator
from typing import Any

from gpuplane.arguments.errors import Problem
from gpuplane.hardware import Machine
from gpuplane.platforms.locations import region_of
from gpuplane.simulation.inputs import at
from gpuplane.simulation.nodes.machines import gke_machine
from gpuplane.simulation.request import Request

# Source: https://cloud.google.com/compute/docs/instances/limit-vm-runtime
RUN_SECONDS = (30, 120 * 24 * 3600)
FLEX_START_RUN_SECONDS = (30, 7 * 24 * 3600)

# Source: https://cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr
PODS = (8, 256)

# Source: https://cloud.google.com/compute/docs/labeling-resources#restrictions
_LABEL_KEY = re.compile(r"(?!goog)[a-z][a-z0-9_-]{0,62}")
_LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")

# Source: https://cloud.google.com/vpc/docs/add-remove-network-tags#restrictions
_TAG = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")

_EFFECTS = ("NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE")


def _machine(request: Request) -> Machine | None:
    try:
        return gke_machine(request.inputs, request.catalogue)
    except ValueError:
        return None


def disks(request: Request) -> Iterator[Problem]:
    """Require a boot disk type and a number of local SSDs that the machine supports."""
    found = _machine(request)
    if found is None:
        return
    kind = request.get("nodeConfig.diskType")
    if kind and found.boot_disks and kind not in found.boot_disks:
        yield Problem(
            "nodeConfig.diskType",
            f"[{kind}] features are not compatible for creating instance, {found.name} takes "
            f"{', '.join(found.boot_disks)}",
        )
    for key in ("ephemeralStorageLocalSsdConfig", "localNvmeSsdBlockConfig"):
        count = int(request.get(f"nodeConfig.{key}.localSsdCount", 0))
        allowed = found.local_ssd.counts if found.local_ssd else ()
        if count and (allowed or found.local_ssd is None) and count not in allowed:
            fix = f"allowed: {', '.join(map(str, allowed))}" if allowed else "allowed: none"
            yield Problem(
                f"nodeConfig.{key}.localSsdCount",
                f"unsupported number of local SSDs for {found.name}, got {count}, {fix}",
            )


def sharing(request: Request) -> Iterator[Problem]:
    """Require a sharing strategy, and no more clients per GPU than GKE allows.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/timesharing-gpus
    """
    for asked in request.get("nodeConfig.guestAccelerators", []):
        config = at(asked, "gpuSharingConfig")
        if not config:
            continue
        clients = int(at(config, "maxSharedClientsPerGpu", 0))
        try:
            most = request.catalogue.accelerator(at(asked, "type", "")).max_shared_clients or 48
        except ValueError:
            return
        path = "nodeConfig.guestAccelerators[0].gpuSharingConfig"
        if not 2 <= clients <= most:
            yield Problem(f"{path}.maxSharedClientsPerGpu", f"must be from 2 to {most}, got {clients}")
        if at(config, "gpuSharingStrategy") not in ("TIME_SHARING", "MPS"):
            yield Problem(f"{path}.gpuSharingStrategy", "must be TIME_SHARING or MPS")


def networks(request: Request) -> Iterator[Problem]:
    """Require the network interfaces that GPUDirect needs.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/gpu-bandwidth-gpudirect-tcpx
    """
    found = _machine(request)
    additional: list[Any] = request.get("networkConfig.additionalNodeNetworkConfigs", [])
    has_gvnic = request.get("nodeConfig.gvnic.enabled", True) in (True, "true")
    if found and not has_gvnic and (found.network.gvnic_required or found.network.gpudirect):
        yield Problem("nodeConfig.gvnic.enabled", f"must be true on {found.name}")
    if additional and not has_gvnic:
        yield Problem("nodeConfig.gvnic.enabled", "must be true with additionalNodeNetworkConfigs")
    if additional and request.get("networkConfig.acceleratorNetworkProfile"):
        yield Problem(
            "networkConfig.additionalNodeNetworkConfigs", "must be left out with acceleratorNetworkProfile auto"
        )


def run_time(request: Request) -> Iterator[Problem]:
    """Require a maximum run duration within Compute Engine's limits; seven days for flex-start."""
    asked = str(request.get("nodeConfig.maxRunDuration", ""))
    if not asked:
        return
    is_flexible = request.get("nodeConfig.flexStart") in (True, "true")
    least, most = FLEX_START_RUN_SECONDS if is_flexible else RUN_SECONDS
    if not re.fullmatch(r"\d+s", asked) or not least <= int(asked[:-1]) <= most:
        yield Problem("nodeConfig.maxRunDuration", f"must be from {least}s to {most}s, got {asked!r}")


def pods(request: Request) -> Iterator[Problem]:
    """Require a number of pods that a node can have addresses for."""
    asked = request.get("maxPodsPerNode")
    if asked is not None and not PODS[0] <= int(asked) <= PODS[1]:
        yield Problem("maxPodsPerNode", f"must be from {PODS[0]} to {PODS[1]}, got {int(asked)}")


def zones(request: Request) -> Iterator[Problem]:
    """Require zones of the cluster's region."""
    region = region_of(request.location)
    for index, zone in enumerate(request.get("nodeLocations", [])):
        if region_of(zone) != region:
            yield Problem(
                f"nodeLocations[{index}]",
                f"googleapi: Error 400: {zone} is not a zone of the cluster's region {region}",
            )


def reservation(request: Request) -> Iterator[Problem]:
    """Require a name for a specific reservation, and none for any other.

    Source: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/ReservationAffinity
    """
    path = "nodeConfig.reservationAffinity"
    kind = request.get(f"{path}.consumeReservationType")
    if kind == "SPECIFIC_RESERVATION" and not request.get(f"{path}.values"):
        yield Problem(f"{path}.values", "required with SPECIFIC_RESERVATION, got nothing")
    if kind not in (None, "SPECIFIC_RESERVATION") and request.get(f"{path}.values"):
        yield Problem(f"{path}.values", f"must be left out with {kind}")


def metadata(request: Request) -> Iterator[Problem]:
    """Require network tags, resource labels and taints in Google's syntax."""
    for index, tag in enumerate(request.get("nodeConfig.tags", [])):
        if not _TAG.fullmatch(str(tag)):
            yield Problem(f"nodeConfig.tags[{index}]", f"must match {_TAG.pattern}, got {tag!r}")
    for key, value in request.get("nodeConfig.resourceLabels", {}).items():
        if not _LABEL_KEY.fullmatch(key) or not _LABEL_VALUE.fullmatch(str(value)):
            yield Problem(
                f"nodeConfig.resourceLabels[{key!r}]", f"not in the syntax of Google Cloud labels, got {value!r}"
            )
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(request.get("nodeConfig.taints", [])):
        key, effect = str(at(taint, "key", "")), str(at(taint, "effect", ""))
        if effect not in _EFFECTS:
            yield Problem(f"nodeConfig.taints[{index}].effect", f"must be one of {', '.join(_EFFECTS)}, got {effect!r}")
        elif (key, effect) in seen:
            yield Problem(f"nodeConfig.taints[{index}]", f"duplicate, got {key}:{effect}, fix: remove it")
        seen.add((key, effect))


RULES = (disks, sharing, networks, run_time, pods, zones, reservation, metadata)
