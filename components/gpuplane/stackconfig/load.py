"""The stack config from its base and overlay, and errors that name the file and the key."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import pulumi
import pydantic
from pydantic.alias_generators import to_camel

from gpuplane.args import fold, models_in
from gpuplane.errors import InvalidArgumentsError, Problem
from gpuplane.merge_patch import merge
from gpuplane.stackconfig.model import StackConfig

BASE_KEY = "base"
OVERLAY_KEY = "overlay"


def from_pulumi(config: pulumi.Config, stack: str) -> StackConfig:
    """The config of the running stack.

    Raises:
        InvalidArgumentsError: All that is wrong, each with its file and key.
    """
    return load(config.get_object(BASE_KEY) or {}, config.get_object(OVERLAY_KEY) or {}, stack)


def load(base: Mapping[str, Any], overlay: Mapping[str, Any], stack: str) -> StackConfig:
    """The config of a stack: the overlay merged over the base, checked as a whole.

    Args:
        base: `base` of Pulumi.yaml.
        overlay: `overlay` of the stack's own file.
        stack: Name of the stack.

    Raises:
        InvalidArgumentsError: All that is wrong, each with its file and key.
    """
    merged: dict[str, Any] = merge(base, overlay)
    try:
        config = StackConfig.model_validate(merged)
        problems = list(config.problems())
    except pydantic.ValidationError as error:
        problems = fold(error, StackConfig, merged)
    else:
        if not problems:
            return config
    files = {BASE_KEY: "Pulumi.yaml", OVERLAY_KEY: f"Pulumi.{stack}.yaml"}
    raise InvalidArgumentsError(f'stack "{stack}"', [_located(p, merged, base, overlay, files) for p in problems])


def _located(
    problem: Problem,
    merged: Mapping[str, Any],
    base: Mapping[str, Any],
    overlay: Mapping[str, Any],
    files: Mapping[str, str],
) -> Problem:
    """The problem with its path and words as the files spell them, and the file in front."""
    steps = list(_as_written(problem.path, merged))
    in_base, in_overlay = _depth(steps, base), _depth(steps, overlay)
    # A value is the overlay's where it says it; something missing belongs beside its nearest neighbours.
    where = OVERLAY_KEY if in_overlay > in_base or in_overlay == len(steps) else BASE_KEY
    key = "".join(step if step.startswith("[") else f".{step}" for step in steps)
    return Problem(f"{files[where]}: {where}{key}", _FIELD.sub(_camel_field, problem.message))


def _as_written(path: str, merged: Any) -> Iterator[str]:
    here = merged
    for step in re.findall(r"\[\d+\]|[^.\[]+", path):
        is_key = not step.startswith("[")
        key = to_camel(step) if is_key and _inner(here, step) is _NOTHING else step
        here = _inner(here, key)
        yield key


def _depth(steps: Sequence[str], value: Any) -> int:
    """How many steps of the path this file says something about."""
    here = value
    for depth, step in enumerate(steps):
        here = _inner(here, step)
        if here is _NOTHING:
            return depth
    return len(steps)


_NOTHING = object()


def _inner(value: Any, step: str) -> Any:
    """What is under a key, or at an index such as `[0]`."""
    if isinstance(value, Mapping):
        return cast(Mapping[str, Any], value).get(step, _NOTHING)
    if isinstance(value, list) and step.startswith("["):
        items, index = cast(list[Any], value), int(step[1:-1])
        return items[index] if index < len(items) else _NOTHING
    return _NOTHING


def _fields(model: type[pydantic.BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        for part in models_in(field.annotation):
            yield from _fields(part)


_FIELD = re.compile(r"(?<!['\w])(" + "|".join(sorted({n for n in _fields(StackConfig) if "_" in n})) + r")(?!\w)")


def _camel_field(match: re.Match[str]) -> str:
    return to_camel(match.group())
