"""The components of gpuplane and the models of their arguments, found by importing all of its modules."""

import importlib.abc
import importlib.machinery
import inspect
import pkgutil
import sys
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import ModuleType
from typing import Any

import pydantic

import gpuplane
from gpuplane.arguments.models import models_in
from gpuplane.component.base import Component

COMPONENT_ARGS, NESTED_ARGS = "args_dict", "nested_args_dict"


@dataclass(frozen=True)
class Described:
    """A component and the model of its arguments."""

    component: type[Component]
    args: type[pydantic.BaseModel]


class _Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Provides the generated modules while they are being generated: each of their names is `Any`."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        is_generated = fullname.startswith("gpuplane.") and fullname.rpartition(".")[2] in (COMPONENT_ARGS, NESTED_ARGS)
        return importlib.machinery.ModuleSpec(fullname, self) if is_generated else None

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__getattr__"] = _any


def _any(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return Any


@cache
def components() -> list[Described]:
    """Return every component, by name, with the model of its arguments."""
    sys.meta_path.insert(0, _Absent())
    try:
        for module in pkgutil.walk_packages(gpuplane.__path__, "gpuplane."):
            if module.name.endswith(".component") or ".observability." in module.name or ".readers." in module.name:
                importlib.import_module(module.name)
    finally:
        del sys.meta_path[0]
    found = {one.__name__: one for one in _subclasses(Component)}
    described = [Described(one, model) for _, one in sorted(found.items()) for model in _args_of(one)]
    return [one for one in described if one.args.__name__.startswith(one.component.__name__)]


def nested_models(models: Sequence[type[pydantic.BaseModel]]) -> list[type[pydantic.BaseModel]]:
    """Return the models and all models nested in them, each after those that it is made of."""
    found: dict[type[pydantic.BaseModel], None] = {}
    for model in models:
        inner = [nested for field in model.model_fields.values() for nested in models_in(field.annotation)]
        found.update(dict.fromkeys(nested_models(inner)))
        found[model] = None
    return list(found)


def enums_of(model: type[pydantic.BaseModel]) -> list[type[Enum]]:
    """Return the enums among the types of a model's fields."""
    return [enum for field in model.model_fields.values() for enum in _enums_in(field.annotation)]


def _enums_in(annotation: Any) -> Iterator[type[Enum]]:
    if inspect.isclass(annotation) and issubclass(annotation, Enum):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _enums_in(part)


def _subclasses(kind: type[Component]) -> Iterator[type[Component]]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


def _args_of(component: type[Component]) -> list[type[pydantic.BaseModel]]:
    if "__init__" not in component.__dict__:
        return []
    parameter = inspect.signature(component.__init__).parameters.get("args")
    return models_in(parameter.annotation) if parameter else []
