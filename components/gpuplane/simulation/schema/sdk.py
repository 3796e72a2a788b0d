"""Resource types in the installed Pulumi SDKs: inputs, their types, and which are required."""

import importlib
import inspect
import threading
import typing
import warnings
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any

import pulumi
from pulumi import _types as pulumi_types  # pyright: ignore[reportPrivateUsage]
from pulumi.runtime import rpc

EXTRAS = {"gcp": "gpuplane[gcp]", "aws": "gpuplane[aws]"}

_LOADING = threading.RLock()


@dataclass(frozen=True)
class Property:
    """An input property.

    Attributes:
        members: Its possible types, without Input and Optional.
        is_required: Whether it must be set.
    """

    members: tuple[Any, ...]
    is_required: bool


class UnknownTypeError(Exception):
    """A type token that no installed SDK has.

    Attributes:
        allowed: The tokens of the same package; empty if the package is not installed.
    """

    def __init__(self, message: str, allowed: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.allowed = allowed


@cache
def properties_of(token: str) -> Mapping[str, Property]:
    """Return the inputs of a resource type by the names that its provider uses.

    The first call for a package's module loads that module, which takes up to a second.

    Raises:
        UnknownTypeError: No installed SDK has the type.

    Example:
        >>> properties_of("gcp:container/nodePool:NodePool")["cluster"].is_required
        True
    """
    return properties_in(_arguments_class(resource_class(token)))


@cache
def properties_in(cls: type) -> Mapping[str, Property]:
    """Return the properties of one of the SDK's `*Args` classes."""
    names = pulumi_types.input_type_py_to_pulumi_names(cls)
    parameters = inspect.signature(cls).parameters
    return {
        name: Property(members_of(annotation), _is_required(parameters.get(python)))
        for name, annotation, python in _joined(pulumi_types.input_type_types(cls), names)
    }


def is_object(annotation: Any) -> bool:
    """Return whether the type is an object with named properties."""
    return inspect.isclass(annotation) and pulumi_types.is_input_type(annotation)


def members_of(annotation: Any) -> tuple[Any, ...]:
    """Return the plain types of an annotation, without Input, Output and Optional."""
    if typing.get_origin(annotation) not in (typing.Union, UnionType):
        return (annotation,)
    found: list[Any] = []
    for part in typing.get_args(annotation):
        if part is NoneType or typing.get_origin(part) in (Awaitable, pulumi.Output):
            continue
        found.extend(member for member in members_of(part) if member not in found)
    return tuple(found)


@cache
def resource_class(token: str) -> type[pulumi.Resource]:
    """Return the class of a resource type from the SDK's registry of modules.

    Raises:
        UnknownTypeError: No installed SDK has the type.
    """
    package, _, rest = token.partition(":")
    path, _, _ = rest.rpartition(":")
    try:
        importlib.import_module(f"pulumi_{package}")
    except ModuleNotFoundError:
        fix = EXTRAS.get(package, f"pulumi-{package}")
        raise UnknownTypeError(f"the SDK of {package!r} is not installed, fix: install {fix}") from None
    module: Any = rpc.get_resource_module(package, path, "")
    classes: Mapping[str, str] = module.mod_info["classes"] if module else {}
    if token not in classes:
        raise UnknownTypeError(f"no resource type {token!r}", tokens_of(package))
    return _loaded(module.mod_info["fqn"], classes[token])


def tokens_of(package: str) -> list[str]:
    """Return all resource types of an installed package."""
    registered: Mapping[str, list[Any]] = getattr(rpc, "_RESOURCE_MODULES", {})
    return [
        token
        for key, modules in registered.items()
        if key.startswith(f"{package}:")
        for module in modules
        for token in module.mod_info["classes"]
    ]


def _loaded(module: str, name: str) -> Any:
    # Importing a module warns of its deprecated resources even if none is used.
    with _LOADING, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return getattr(importlib.import_module(module), name)


def _arguments_class(resource: type[pulumi.Resource]) -> type:
    """Return the class that the constructor's `args` overload names, resolved in the class's own module."""
    for overload in typing.get_overloads(resource.__init__):
        annotation = overload.__annotations__.get("args")
        for member in members_of(annotation):
            name = getattr(member, "__forward_arg__", member)
            found = overload.__globals__.get(name) if isinstance(name, str) else name
            if is_object(found):
                return typing.cast(type, found)
    raise UnknownTypeError(f"the SDK's class {resource.__qualname__} has no arguments class")


def _is_required(parameter: inspect.Parameter | None) -> bool:
    return parameter is not None and parameter.default is inspect.Parameter.empty


def _joined(types: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, Any, str]]:
    return [(name, types[name], python) for python, name in names.items() if name in types]
