"""Stands in for load balancers: gives addresses to Services of type LoadBalancer."""

from collections.abc import Iterable
from ipaddress import IPv4Address
from typing import Any

from gpuplane.plain.nested import field

# A block that is set aside for documentation. Source: https://www.rfc-editor.org/rfc/rfc5737
FIRST_ADDRESS = IPv4Address("203.0.113.1")
ADDRESSES = 254


def services_without_address(services: Iterable[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the Services without an address, each with the status that gives it one."""
    balancers = [one for one in services if one["spec"].get("type") == "LoadBalancer"]
    taken = {entry.get("ip") for one in balancers for entry in _ingress(one)}
    free = (str(FIRST_ADDRESS + index) for index in range(ADDRESSES) if str(FIRST_ADDRESS + index) not in taken)
    waiting = [one for one in balancers if not _ingress(one)]
    return [
        (one, {"status": {"loadBalancer": {"ingress": [{"ip": address}]}}})
        for one, address in zip(waiting, free, strict=False)
    ]


def _ingress(service: dict[str, Any]) -> list[dict[str, Any]]:
    return field(service, "status.loadBalancer.ingress", [])
