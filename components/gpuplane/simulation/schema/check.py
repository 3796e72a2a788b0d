"""Checks a resource's inputs against the installed SDK, exactly as strictly as the real provider."""

import inspect
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, cast

from pulumi.runtime.rpc import UNKNOWN

from gpuplane.arguments.errors import Problem, nearest
from gpuplane.simulation.schema import sdk
from gpuplane.simulation.wire_values import is_opaque, revealed

_TYPES_SHOWN = 3


def check_inputs(token: str, inputs: Mapping[str, Any]) -> list[Problem]:
    """Compare the inputs of a resource with the SDK's types, and return problems by property path.

    Numbers and booleans are accepted as strings, and strings that parse as numbers or booleans as these, as by the real
    providers. Source: pkg/tfbridge/typechecker in https://github.com/pulumi/pulumi-terraform-bridge.

    Args:
        token: The resource's type, such as `gcp:container/nodePool:NodePool`.
        inputs: Its inputs as they arrive at a provider, secrets and unknown values included.

    Example:
        >>> print(*check_inputs("gcp:serviceaccount/account:Account", {"accountId": "nodes", "displayname": "n"}))
        displayname: unknown key, nearest: displayName
    """
    try:
        known = sdk.properties_of(token)
    except sdk.UnknownTypeError as error:
        close = nearest(token, error.allowed, _TYPES_SHOWN)
        return [Problem("", f"{error}, nearest: {', '.join(close)}" if close else str(error))]
    return list(_object(revealed(inputs), known, ""))


def _object(value: Mapping[str, Any], known: Mapping[str, sdk.Property], path: str) -> Iterator[Problem]:
    for key, inner in value.items():
        if key.startswith("__"):
            continue
        here = f"{path}.{key}" if path else key
        if key not in known:
            yield Problem(here, _unknown_key(key, known))
        else:
            yield from _any_of(inner, known[key].members, here)
    for key, found in known.items():
        if found.is_required and value.get(key) is None:
            yield Problem(f"{path}.{key}" if path else key, "required, got nothing")


def _unknown_key(key: str, known: Iterable[str]) -> str:
    allowed = list(known)
    close = nearest(key, allowed, 1)
    return f"unknown key, nearest: {close[0]}" if close else f"unknown key, allowed: {', '.join(sorted(allowed))}"


def _any_of(value: Any, members: Sequence[Any], path: str) -> Sequence[Problem]:
    """Return no problems if any member accepts the value; else those of the first member."""
    if value is None or value == UNKNOWN or is_opaque(value):
        return ()
    said = [list(_one(value, member, path)) for member in members]
    return () if [] in said else said[0] if said else ()


def _one(value: Any, annotation: Any, path: str) -> Iterator[Problem]:
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if sdk.is_object(annotation):
        if isinstance(value, Mapping):
            yield from _object(cast(Mapping[str, Any], value), sdk.properties_in(annotation), path)
        else:
            yield Problem(path, f"must be an object, got {value!r}")
    elif _is(origin, Mapping):
        if isinstance(value, Mapping):
            for key, inner in cast(Mapping[str, Any], value).items():
                yield from _any_of(inner, sdk.members_of(arguments[1]), f"{path}[{key!r}]")
        else:
            yield Problem(path, f"must be a map, got {value!r}")
    elif _is(origin, Sequence):
        if isinstance(value, list):
            for index, inner in enumerate(cast(list[Any], value)):
                yield from _any_of(inner, sdk.members_of(arguments[0]), f"{path}[{index}]")
        else:
            yield Problem(path, f"must be a list, got {value!r}")
    else:
        yield from _scalar(value, annotation, path)


def _is(origin: Any, kind: type) -> bool:
    return inspect.isclass(origin) and issubclass(origin, kind)


def _scalar(value: Any, annotation: Any, path: str) -> Iterator[Problem]:
    if not inspect.isclass(annotation):
        return
    if issubclass(annotation, bool):
        if not isinstance(value, bool) and value not in ("true", "false"):
            yield Problem(path, f"must be true or false, got {value!r}")
    elif issubclass(annotation, (str, Enum)):
        if not isinstance(value, (str, int, float)):
            yield Problem(path, f"must be a string, got {value!r}")
    elif issubclass(annotation, (int, float)):
        number = _number(value)
        if number is None:
            yield Problem(path, f"must be a number, got {value!r}")
        elif issubclass(annotation, int) and number != int(number):
            yield Problem(path, f"must be a whole number, got {value!r}")


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None
