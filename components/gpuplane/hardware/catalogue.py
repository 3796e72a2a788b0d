"""Look-ups in the catalogue of machine types and accelerators, and machines of one's own."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from gpuplane.hardware.model import (
    Accelerator,
    CapacityKind,
    LocalSsd,
    Machine,
    Network,
    UnknownAcceleratorError,
    UnknownMachineError,
)
from gpuplane.platforms import Platform

Thing = TypeVar("Thing", Machine, Accelerator)

_GB, _GIB = 10**9, 2**30

_own_machines: dict[tuple[Platform, str], Machine] = {}
_own_accelerators: dict[str, Accelerator] = {}


def machine(platform: Platform, name: str) -> Machine:
    """The machine type of that name. Looked up, never parsed.

    Raises:
        UnknownMachineError: There is none; the message has the nearest names.

    Example:
        >>> machine(Platform.GKE, "g2-standard-24").gpus
        Fraction(2, 1)
    """
    found = _own_machines.get((platform, name)) or _machines(platform).get(name)
    if found is None:
        raise UnknownMachineError(_unknown(f"{platform.value} machine type", name, _akin(platform, name)))
    return found


def _akin(platform: Platform, name: str) -> list[str]:
    """What could have been meant: a type of the same family, else one that is spelt alike, else any family."""
    from gpuplane.arguments.errors import nearest  # as for `_unknown`

    names = [known.name for known in machines(platform)]
    family = [one for one in names if _family(one) == _family(name)]
    if family or nearest(name, names):
        return family or names
    return [f"{one}*" for one in dict.fromkeys(map(_family, names))]


def _family(name: str) -> str:
    """The beginning of a machine type's name, such as `g2-` or `t3.`."""
    return "".join(re.split(r"([.-])", name, maxsplit=1)[:2])


def machines(platform: Platform) -> tuple[Machine, ...]:
    """All machine types of a platform: the catalogue's in its order, then the registered ones."""
    own = (known for (where, _), known in _own_machines.items() if where is platform)
    return (*_machines(platform).values(), *own)


def accelerator(name: str) -> Accelerator:
    """The accelerator of that name.

    Raises:
        UnknownAcceleratorError: There is none; the message has the nearest names.

    Example:
        >>> accelerator("nvidia-tesla-a100").mig_profiles["1g.5gb"]
        7
    """
    found = _own_accelerators.get(name) or _accelerators().get(name)
    if found is None:
        raise UnknownAcceleratorError(_unknown("accelerator", name, [known.name for known in accelerators()]))
    return found


def accelerators() -> tuple[Accelerator, ...]:
    """All accelerators: the catalogue's in its order, then the registered ones."""
    return (*_accelerators().values(), *_own_accelerators.values())


def register(thing: Thing, anew: bool = False) -> Thing:
    """Adds a machine type or an accelerator that the catalogue does not have, for this process.

    Registering the same facts twice is harmless. A machine's accelerator has to be known before it.

    Args:
        thing: What to add.
        anew: Whether facts that were registered under its name before are replaced, as where one process reads the
            config of several stacks.

    Returns:
        What was given.

    Raises:
        ValueError: The catalogue has one of that name, or it was registered with other facts.
        UnknownAcceleratorError: The machine's accelerator is not known.

    Example:
        >>> from decimal import Decimal
        >>> register(Machine(Platform.GKE, "e2-custom-6-12288", vcpus=6, memory_gib=Decimal(12))).vcpus
        6
    """
    if isinstance(thing, Machine):
        if thing.accelerator:
            accelerator(thing.accelerator)
        in_catalogue = thing.name in _machines(thing.platform)
        _add(_own_machines, (thing.platform, thing.name), thing, in_catalogue, anew)
    else:
        _add(_own_accelerators, thing.name, thing, thing.name in _accelerators(), anew)
    return thing


Key = TypeVar("Key")


def _add(own: dict[Key, Thing], key: Key, thing: Thing, in_catalogue: bool, anew: bool) -> None:
    if in_catalogue:
        raise ValueError(f"cannot register {thing.name!r}, the catalogue has it already; give yours another name")
    if anew:
        own[key] = thing
    elif own.setdefault(key, thing) != thing:
        raise ValueError(f"cannot register {thing.name!r} twice with different facts; give it another name")


def _unknown(what: str, got: str, allowed: Sequence[str]) -> str:
    # Loaded on the way to an error only: it loads Pulumi, which takes half a second.
    from gpuplane.arguments.errors import unknown

    return unknown(what, got, allowed)


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a data file by column."""
    # Loaded with the data, so that an import of this package stays fast.
    import csv
    from importlib.resources import files

    text = files("gpuplane.hardware").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return iter(csv.DictReader(text.splitlines()))


@cache
def _accelerators() -> Mapping[str, Accelerator]:
    return MappingProxyType({row["name"]: _accelerator(row) for row in rows("accelerators")})


def _accelerator(row: Mapping[str, str]) -> Accelerator:
    return Accelerator(
        name=row["name"],
        vendor=row["vendor"],
        memory_mib=int(row["memory_mib"]),
        mig_profiles=MappingProxyType(
            {profile: int(count) for profile, _, count in (part.rpartition(":") for part in row["mig"].split())}
        ),
        max_shared_clients=int(row["max_shared_clients"]) if row["max_shared_clients"] else None,
        max_mps_clients=int(row["max_mps_clients"] or 0),
        product=row["product"],
        sources=tuple(row["sources"].split()),
    )


@cache
def _machines(platform: Platform) -> Mapping[str, Machine]:
    special = _SPECIAL.get(platform)
    if not special:
        return MappingProxyType({})
    return MappingProxyType({row["name"]: _machine(platform, row, special) for row in rows(platform.value)})


def _machine(
    platform: Platform, row: Mapping[str, str], special: Callable[[Mapping[str, str]], tuple[LocalSsd | None, Network]]
) -> Machine:
    found = _accelerators()[row["accelerator"]] if row["accelerator"] else None
    local_ssd, network = special(row)
    return Machine(
        platform=platform,
        name=row["name"],
        vcpus=int(row["vcpus"]),
        memory_gib=Decimal(row["memory_gib"]),
        architecture=row["architecture"],
        accelerator=row["accelerator"] or None,
        gpus=Fraction(row["gpus"] or 0),
        gpu_memory_mib=int(row["gpu_memory_mib"] or (found.memory_mib if found else 0)),
        vendor=found.vendor if found else "",
        max_pods=int(row.get("max_pods") or 110),
        local_ssd=local_ssd,
        network=network,
        boot_disks=tuple(row.get("boot_disks", "").split()),
        capacity=frozenset(map(CapacityKind, row["capacity"].split())),
        shared_core=row.get("shared_core") == "yes",
        bare_metal=row["bare_metal"] == "yes",
        sources=tuple(row["sources"].split()),
    )


def _of_gce(row: Mapping[str, str]) -> tuple[LocalSsd | None, Network]:
    counts = tuple(map(int, row["local_ssd_counts"].split()))
    each = int(row["local_ssd_gib"] or 0) * _GIB
    local_ssd = LocalSsd(row["local_ssd_bundled"] == "yes", counts, max(counts) * each) if counts else None
    return local_ssd, Network(
        gvnic_required=row["gvnic_required"] == "yes",
        gpudirect=row["gpudirect"],
        gpu_networks=int(row["gpu_networks"] or 0),
    )


def _of_ec2(row: Mapping[str, str]) -> tuple[LocalSsd | None, Network]:
    local_ssd = LocalSsd(True, (), int(row["local_ssd_gb"]) * _GB) if row["local_ssd_gb"] else None
    return local_ssd, Network(
        efa_interfaces=int(row["efa_interfaces"] or 0), network_cards=int(row["network_cards"] or 0)
    )


_SPECIAL = {Platform.GKE: _of_gce, Platform.EKS: _of_ec2}
