"""Data tables of the simulated clouds: outputs of resources, and changes that replace them."""

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, cast


@dataclass(frozen=True)
class Kind:
    """The computed properties of a resource type.

    Attributes:
        id: Template of its id in the provider's form.
        outputs: Template of the outputs beside the inputs.
        name_property: The property with its physical name, which is generated if it is left out; empty without one.
        source: Documentation of its id and outputs.
    """

    id: str
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    name_property: str = ""
    source: str = ""


@cache
def kinds() -> Mapping[str, Kind]:
    """Return all resource types with a row, by type token."""
    return {
        token: Kind(
            row["id"],
            row["outputs"],
            row.get("name", {}).get("property", ""),
            row["source"],
        )
        for token, row in _read("outputs.json").items()
    }


@cache
def lookups() -> Mapping[str, Mapping[str, Any]]:
    """Return all functions that can be invoked, by token: their `source` and the template of their `result`."""
    return _read("lookups.json")


class Immutable(NamedTuple):
    """A property that only a replacement can change.

    Attributes:
        path: Its property path.
        unset: The effect of leaving it out: `computed`, it keeps its value; `irreversible`, only that replaces the
            resource; a value, the default; empty, it has no value.
    """

    path: str
    unset: str


@cache
def replacing(token: str) -> Sequence[Immutable]:
    """Return the properties of a resource type that only a replacement can change."""
    return [Immutable(row["property"], row["unset"]) for row in rows("replacements.csv") if row["type"] == token]


@cache
def rows(name: str) -> Sequence[Mapping[str, str]]:
    """Read the rows of a CSV file in `data/`."""
    return tuple(csv.DictReader(_text(name).splitlines()))


def filled(template: Any, values: Mapping[str, Any]) -> Any:
    """Replace every `{name}` in the strings of a template.

    Raises:
        KeyError: A name has no value.

    Example:
        >>> filled({"arn": "arn:{region}", "versions": [1]}, {"region": "us-east-1"})
        {'arn': 'arn:us-east-1', 'versions': [1]}
    """
    if isinstance(template, str):
        return template.format_map(values)
    if isinstance(template, Mapping):
        return {key: filled(inner, values) for key, inner in cast(Mapping[str, Any], template).items()}
    if isinstance(template, list):
        return [filled(inner, values) for inner in cast(list[Any], template)]
    return template


def made_up(*of: str) -> dict[str, str]:
    """Return ids and numbers in place of those that a cloud draws at random; the same for the same arguments."""
    digest = hashlib.sha256("/".join(of).encode()).hexdigest()
    return {
        "hex17": digest[:17],
        "upper17": digest[:17].upper(),
        "upper32": digest[:32].upper(),
        "uuid": "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32])),
        "digits21": f"1{int(digest[:16], 16):020d}",
        "etag": digest[:11],
    }


def _text(name: str) -> str:
    return files("gpuplane.simulation").joinpath("data", name).read_text(encoding="utf-8")


def _read(name: str) -> Mapping[str, Mapping[str, Any]]:
    return json.loads(_text(name))
