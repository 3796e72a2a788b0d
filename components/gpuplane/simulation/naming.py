"""Physical names, as Pulumi's providers generate them for resources without one."""

from collections.abc import Mapping
from typing import Any

from gpuplane.simulation import tables

DEFAULTS = "__defaults"
"""The input where the real providers note which other inputs they made up."""

HASH_LENGTH = 7


def name_property(token: str) -> str:
    """Return the property with the physical name of a resource type; empty if it has none."""
    kind = tables.kinds().get(token)
    return kind.name_property if kind else ""


def named(
    token: str, name: str, inputs: Mapping[str, Any], old: Mapping[str, Any], seed: bytes = b""
) -> dict[str, Any]:
    """Return the inputs with a physical name, as a provider's check does; a generated one is listed in `__defaults`.

    Args:
        token: The resource's type.
        name: Its logical name.
        inputs: Its inputs.
        old: Its old inputs, whose generated name is kept; empty if it is new or replaced.
        seed: Seed of the generated digits; by default type and name.
    """
    key = name_property(token)
    if not key or inputs.get(key) is not None:
        return dict(inputs)
    kept = old[key] if key in old.get(DEFAULTS, ()) else _physical_name(token, name, inputs, seed)
    return {**inputs, key: kept, DEFAULTS: [key]}


def has_fixed_name(token: str, inputs: Mapping[str, Any]) -> bool:
    """Return whether the physical name is the program's: then the old resource must go before its replacement."""
    key = name_property(token)
    return bool(key) and inputs.get(key) is not None and key not in inputs.get(DEFAULTS, ())


def _physical_name(token: str, name: str, inputs: Mapping[str, Any], seed: bytes) -> str:
    """Return the logical name and seven random digits, which are the same in every run."""
    prefix = inputs.get("namePrefix") or inputs.get("nodeGroupNamePrefix")
    digits = tables.made_up(token, name, seed.hex())["hex17"][:HASH_LENGTH]
    return f"{prefix}{digits}" if isinstance(prefix, str) else f"{name}-{digits}"
