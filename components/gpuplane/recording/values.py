"""Values as they travel between a program and the engine, and as plain Python.

Source of the wire format: sdk/go/common/resource/sig in the pulumi repository.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import pulumi
from google.protobuf import struct_pb2

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class Unknown:
    """Stands for a value that nobody knows yet."""

    _only: "Unknown | None" = None

    def __new__(cls) -> "Unknown":
        """Return the singleton."""
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "<unknown>"

    def __bool__(self) -> bool:
        return False


UNKNOWN = Unknown()


class Plain:
    """The plain form of a struct from the wire.

    Attributes:
        value: Plain Python: whole numbers as `int`, secrets revealed, what is unknown as `UNKNOWN`.
        secrets: Property paths of the secrets, such as `stringData.TOKEN`.
    """

    def __init__(self, struct: struct_pb2.Struct) -> None:
        self.secrets: set[str] = set()
        self.value: dict[str, Any] = {key: self._plain(value, key) for key, value in struct.fields.items()}

    def _plain(self, value: struct_pb2.Value, path: str) -> Any:
        match value.WhichOneof("kind"):
            case "struct_value":
                return self._map(value.struct_value.fields, path)
            case "list_value":
                return [self._plain(item, f"{path}[{index}]") for index, item in enumerate(value.list_value.values)]
            case "number_value":
                number = value.number_value
                return int(number) if number.is_integer() else number
            case "string_value":
                return UNKNOWN if value.string_value == UNKNOWN_TEXT else value.string_value
            case "bool_value":
                return value.bool_value
            case _:
                return None

    def _map(self, fields: Mapping[str, struct_pb2.Value], path: str) -> Any:
        signature = fields[SIGNATURE].string_value if SIGNATURE in fields else ""
        if signature == SECRET:
            self.secrets.add(path)
            return self._plain(fields["value"], path)
        if signature == REFERENCE:
            # A provider that does not take references gets the id of a custom resource, the URN of a component.
            return self._plain(fields["id"] if "id" in fields else fields["urn"], path)
        return {key: self._plain(inner, f"{path}.{key}") for key, inner in fields.items()}


def wire(values: Mapping[str, Any], secret_keys: set[str]) -> struct_pb2.Struct:
    """Plain outputs as a struct for the wire, those under `secret_keys` as secrets."""
    struct = struct_pb2.Struct()
    for key, value in values.items():
        sent = _sent(value)
        if key in secret_keys:
            sent = {SIGNATURE: SECRET, "value": sent}
        struct.update({key: sent})
    return struct


def _sent(value: Any) -> Any:
    if isinstance(value, Unknown) or value is pulumi.UNKNOWN:
        return UNKNOWN_TEXT
    if isinstance(value, Mapping):
        known = cast(Mapping[str, Any], value)
        return {str(key): _sent(inner) for key, inner in known.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_sent(inner) for inner in cast(Sequence[Any], value)]
    return value


def texts(value: Any) -> Iterator[str]:
    """Every text inside a plain value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in cast(Mapping[str, Any], value).values():
            yield from texts(inner)
    elif isinstance(value, Sequence):
        for inner in cast(Sequence[Any], value):
            yield from texts(inner)
