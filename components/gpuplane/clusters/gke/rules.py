"""What GKE refuses of a cluster's arguments."""

import ipaddress
import re
from collections.abc import Iterable, Mapping

from gpuplane.arguments.errors import Problem
from gpuplane.hardware import Catalogue
from gpuplane.platforms import Platform

_REGION = re.compile(r"[a-z]+-[a-z]+\d+")
_NAME = re.compile(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?")


def name_problems(name: str) -> Iterable[Problem]:
    """Check the name of a cluster.

    Source: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters
    """
    if not _NAME.fullmatch(name):
        yield Problem(
            "",
            "must be named with lower-case letters, digits and hyphens, a letter first, no hyphen last, "
            f"at most 40 characters, got {name!r}",
        )


def location_problems(location: str) -> Iterable[Problem]:
    """Check that the location is a region."""
    if not _REGION.fullmatch(location):
        yield Problem("location", f"must be a region such as us-central1, got {location!r}")


def range_problems(pod_range: str | None, service_range: str | None) -> Iterable[Problem]:
    """Check that both secondary ranges are given, or none."""
    ranges = {"pod_range": pod_range, "service_range": service_range}
    for key, other in (("pod_range", "service_range"), ("service_range", "pod_range")):
        if ranges[key] is None and ranges[other] is not None:
            yield Problem(key, f"required with {other}, got nothing")


def network_problems(networks: Mapping[str, str] | None) -> Iterable[Problem]:
    """Check the authorized networks."""
    for name, cidr in (networks or {}).items():
        try:
            ipaddress.ip_network(cidr)
        except ValueError as error:
            yield Problem(f"authorized_networks.{name}", f"must be a block of addresses, got {cidr!r}, {error}")


def cpu_pool_problems(catalogue: Catalogue, machine_type: str, max_nodes: int) -> Iterable[Problem]:
    """Check the machine type and the size of the CPU pool."""
    if max_nodes < 1:
        yield Problem("cpu_max_nodes", f"must be at least 1, got {max_nodes}")
    try:
        found = catalogue.machine(Platform.GKE, machine_type)
    except ValueError as error:
        yield Problem("cpu_machine_type", str(error))
        return
    if found.accelerator:
        yield Problem("cpu_machine_type", f"must have no GPUs, got {machine_type!r} with {found.accelerator}")
