"""Rules of EC2 for launch templates.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html and
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gpuplane.arguments.errors import Problem
from gpuplane.hardware import UnknownMachineError
from gpuplane.platforms import Platform
from gpuplane.simulation.inputs import at, objects
from gpuplane.simulation.nodes.efa import efa_interfaces
from gpuplane.simulation.nodes.user_data import decoded
from gpuplane.simulation.request import Request
from gpuplane.simulation.wire_values import is_opaque


def encoded(request: Request) -> Iterator[Problem]:
    """Require user data in base64."""
    given = request.get("userData")
    if given and not decoded(given):
        yield Problem("userData", "Invalid BASE64 encoding of user data, fix: encode it")


def reservation(request: Request) -> Iterator[Problem]:
    """Refuse a capacity reservation target with any preference but `capacity-reservations-only`."""
    path = "capacityReservationSpecification"
    preference = request.get(f"{path}.capacityReservationPreference", "capacity-reservations-only")
    target = request.get(f"{path}.capacityReservationTarget", {})
    if target and preference != "capacity-reservations-only":
        yield Problem(
            f"{path}.capacityReservationPreference",
            f"must be capacity-reservations-only with a target, got {preference!r}, fix: leave one of them out",
        )
    if len([value for value in target.values() if value]) > 1:
        yield Problem(f"{path}.capacityReservationTarget", "must be an id or a group, got both")


def interfaces(request: Request) -> Iterator[Problem]:
    """Require network interfaces on the machine's network cards, and EFA only where the cards support it."""
    asked = objects(request.inputs, "networkInterfaces")
    if asked and request.get("vpcSecurityGroupIds"):
        yield Problem(
            "vpcSecurityGroupIds",
            "Network interfaces and an instance-level security groups may not be specified on the same request, "
            "fix: securityGroups of the interfaces",
        )
    places = [(_number(one, "networkCardIndex"), _number(one, "deviceIndex")) for one in asked]
    for index, one in enumerate(asked):
        path = f"networkInterfaces[{index}]"
        if places[index] in places[:index]:
            yield Problem(path, f"must have a network card and device index of its own, got {places[index]} twice")
        if at(one, "interfaceType") == "efa-only" and places[index] == (0, 0):
            yield Problem(f"{path}.interfaceType", "must not be efa-only for the primary interface, fix: efa")
        if len(asked) > 1 and at(one, "associatePublicIpAddress") in (True, "true"):
            yield Problem(
                f"{path}.associatePublicIpAddress",
                "must not be set with several interfaces, fix: leave it out, a private subnet has NAT",
            )
    yield from _cards(request, places)


def _cards(request: Request, places: list[tuple[int, int]]) -> Iterator[Problem]:
    name = request.get("instanceType")
    try:
        found = request.catalogue.machine(Platform.EKS, name) if name else None
    except UnknownMachineError:
        return
    if found is None:
        return
    efas = efa_interfaces(request.inputs)
    if efas > found.network.efa_interfaces:
        yield Problem(
            "networkInterfaces",
            f"must have at most {found.network.efa_interfaces} EFA interfaces on {found.name}, got {efas}",
        )
    cards = max(found.network.network_cards, 1)
    for index, (card, _) in enumerate(places):
        if card >= cards:
            yield Problem(
                f"networkInterfaces[{index}].networkCardIndex",
                f"must be less than the {cards} network cards of {found.name}, got {card}",
            )


def _number(interface: Mapping[str, Any], key: str) -> int:
    value = interface.get(key)
    return 0 if value is None or is_opaque(value) else int(value)


RULES = (encoded, reservation, interfaces)
