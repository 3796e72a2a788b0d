"""Pydantic's validation errors as problems, one for each property."""

from collections.abc import Mapping
from typing import Any

import pydantic

from gpuplane.arguments.errors import Problem, nearest
from gpuplane.arguments.models import models_in

Location = tuple[int | str, ...]


def fold(error: pydantic.ValidationError, model: type[pydantic.BaseModel], value: Any) -> list[Problem]:
    """Convert pydantic's errors into one problem per property: the members of a union do not each report their own.

    Args:
        error: Pydantic's errors.
        model: The model that was validated.
        value: What it was validated from; paths are spelled as its keys are.
    """
    by_path: dict[str, list[tuple[str, str]]] = {}
    for item in error.errors(include_url=False):
        path = _property_path(item["loc"], value)
        by_path.setdefault(path, []).append((_message(item, model), item["type"]))
    return [Problem(path, _most_telling(messages)) for path, messages in by_path.items()]


def _message(item: Any, model: type[pydantic.BaseModel]) -> str:
    if item["type"] == "extra_forbidden":
        allowed = _allowed_keys(model, item["loc"][:-1])
        close = nearest(str(item["loc"][-1]), allowed, 1)
        return f"unknown key, nearest: {close[0]}" if close else f"unknown key, allowed: {', '.join(allowed)}"
    if item["type"] == "missing":
        return "required, got nothing"
    return f"{_lower(item['msg'])}, got {_short(item['input'])}"


def _most_telling(messages: list[tuple[str, str]]) -> str:
    """Return the first message that is not merely about another member of a union."""
    telling = [text for text, kind in messages if kind != "is_instance_of"] or [text for text, _ in messages]
    return telling[0]


def _lower(message: str) -> str:
    text = message.removeprefix("Value error, ").removeprefix("Input ")
    return text[:1].lower() + text[1:]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _property_path(location: Location, value: Any) -> str:
    """Return the location without the names of union members that pydantic adds, found by walking the input."""
    path, here = "", value
    for index, step in enumerate(location):
        found, inner = _step_into(here, step)
        is_missing_key = isinstance(here, Mapping) and index == len(location) - 1 and "[" not in str(step)
        if found or is_missing_key:
            path, here = _joined(path, step), inner
    return path


def _step_into(value: Any, step: int | str) -> tuple[bool, Any]:
    try:
        return True, value[step]
    except (KeyError, IndexError, TypeError):
        return False, value


def _joined(path: str, step: int | str) -> str:
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else step


def _allowed_keys(model: type[pydantic.BaseModel], location: Location) -> list[str]:
    """Return the snake_case field names of the model that the location leads to."""
    here: Any = model
    for step in location:
        for candidate in models_in(here):
            by_key = {key: field for name, field in candidate.model_fields.items() for key in (name, field.alias)}
            if step in by_key:
                here = by_key[step].annotation
                break
    found = models_in(here)
    return [name for name, field in found[0].model_fields.items() if not field.exclude] if found else []
