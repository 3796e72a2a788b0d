"""Parts of a GKE cluster's arguments, and what they make."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.hardware import machine
from gpuplane.platforms import Platform

# GKE wants windows of four hours at least, and 48 hours of them in any 32 days. Source:
# https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions
SHORTEST_WINDOW_HOURS, LONGEST_WINDOW_HOURS = 4, 24
HOURS_OF_32_DAYS = 48

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_REGION = re.compile(r"[a-z]+-[a-z]+\d+")
_NAME = re.compile(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?")


class ReleaseChannel(str, Enum):
    """How soon GKE upgrades a cluster."""

    RAPID = "RAPID"
    REGULAR = "REGULAR"
    STABLE = "STABLE"
    EXTENDED = "EXTENDED"


class Weekday(str, Enum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class GkeMaintenance(Args):
    """When GKE may upgrade the control plane and nodes by itself.

    Example:
        >>> list(GkeMaintenance(start="22:00", hours=6, days=["saturday", "sunday"]).problems())
        []
    """

    start: str
    """When it may begin, `HH:MM` in UTC."""

    hours: int = 4
    """For how long, 4 to 24."""

    days: list[Weekday] = []
    """On which days. By default on all of them."""

    def own_problems(self) -> Iterable[Problem]:
        """A window that GKE takes: long enough, and often enough."""
        if not _TIME.fullmatch(self.start):
            yield Problem("start", f"must be HH:MM in UTC, got {self.start!r}")
        if not SHORTEST_WINDOW_HOURS <= self.hours <= LONGEST_WINDOW_HOURS:
            yield Problem("hours", f"must be from {SHORTEST_WINDOW_HOURS} to {LONGEST_WINDOW_HOURS}, got {self.hours}")
        elif (of_32_days := self.hours * len(set(self.days) or Weekday) * 32 // 7) < HOURS_OF_32_DAYS:
            yield Problem(
                "days",
                f"must make {HOURS_OF_32_DAYS} hours in 32 days, got {of_32_days}, fix: more days, or more hours",
            )


def maintenance_inputs(maintenance: GkeMaintenance | None) -> dict[str, Any]:
    """The cluster's maintenance policy, empty where GKE may choose the time."""
    if maintenance is None:
        return {}
    hour, minute = map(int, maintenance.start.split(":"))
    ends = hour + maintenance.hours
    days = ",".join(day.value[:2].upper() for day in Weekday if day in maintenance.days)
    window = {
        "startTime": f"2026-01-01T{hour:02}:{minute:02}:00Z",
        "endTime": f"2026-01-{1 + ends // 24:02}T{ends % 24:02}:{minute:02}:00Z",
        "recurrence": f"FREQ=WEEKLY;BYDAY={days}" if days else "FREQ=DAILY",
    }
    return {"maintenancePolicy": {"recurringWindow": window}}


def access_inputs(authorized_networks: Mapping[str, str] | None) -> dict[str, Any]:
    """From where the control plane's address can be reached, empty for anywhere."""
    if authorized_networks is None:
        return {}
    blocks = [{"displayName": name, "cidrBlock": cidr} for name, cidr in sorted(authorized_networks.items())]
    return {"masterAuthorizedNetworksConfig": {"cidrBlocks": blocks, "gcpPublicCidrsAccessEnabled": False}}


def network_problems(networks: Mapping[str, str] | None) -> Iterable[Problem]:
    """Why addresses cannot be authorized."""
    for name, cidr in (networks or {}).items():
        try:
            ipaddress.ip_network(cidr)
        except ValueError as error:
            yield Problem(f"authorized_networks.{name}", f"must be a block of addresses, got {cidr!r}, {error}")


def location_problems(location: str) -> Iterable[Problem]:
    """Why a regional cluster cannot be there."""
    if not _REGION.fullmatch(location):
        yield Problem("location", f"must be a region such as us-central1, got {location!r}")


def name_problems(name: str) -> Iterable[Problem]:
    """Why a cluster cannot be called so.

    Source: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters
    """
    if not _NAME.fullmatch(name):
        yield Problem(
            "",
            "must be named with lower-case letters, digits and hyphens, a letter first, no hyphen last, "
            f"at most 40 characters, got {name!r}",
        )


def cpu_machine_problems(name: str) -> Iterable[Problem]:
    """Why the CPU pool cannot be of a machine."""
    try:
        found = machine(Platform.GKE, name)
    except ValueError as error:
        yield Problem("cpu_machine_type", str(error))
        return
    if found.accelerator:
        yield Problem("cpu_machine_type", f"must have no GPUs, got {name!r} with {found.accelerator}")
