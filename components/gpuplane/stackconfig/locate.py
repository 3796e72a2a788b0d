"""The file, line and key of a problem, in the spelling of the files."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from pydantic.alias_generators import to_camel

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.spelling import field_names, in_camel_case
from gpuplane.plain.paths import is_within
from gpuplane.stackconfig.files.stack_files import ConfigLayer, StackFiles
from gpuplane.stackconfig.files.yaml_document import MISSING, Step, at, spelt
from gpuplane.stackconfig.model import StackConfig


def located(
    problem: Problem, merged: Mapping[str, Any], base: Mapping[str, Any], overlay: Mapping[str, Any], files: StackFiles
) -> Problem:
    """Return the problem with its keys in the spelling of the files, and the file and line in front.

    Args:
        problem: The problem, with a path of the models.
        merged: Base and overlay merged.
        base: The base.
        overlay: The overlay.
        files: Where the two are written.
    """
    steps = list(as_written(problem.path, merged))
    layer = layer_of(steps, base, overlay, files)
    message = in_camel_case(problem.message, field_names(StackConfig))
    return Problem(f"{layer.place(steps)}: {spelt([layer.key, *steps])}", message)


def layer_of(
    steps: Sequence[Step], base: Mapping[str, Any], overlay: Mapping[str, Any], files: StackFiles
) -> ConfigLayer:
    """Return the layer of a value; a missing one belongs to the layer with the nearest key, the overlay first."""
    in_base, in_overlay = _depth(steps, base), _depth(steps, overlay)
    return files.overlay if in_overlay >= in_base else files.base


def as_written(path: str, merged: Any) -> Iterator[Step]:
    """Yield the steps of a property path in the spelling of the config: snake_case in models, camelCase in files.

    Example:
        >>> list(as_written("models.bert.min_replicas", {"models": {"bert": {}}}))
        ['models', 'bert', 'minReplicas']
    """
    here, rest = merged, path
    while rest:
        step, key, rest = _next(here, rest)
        here = at(here, [key])
        yield key if here is not MISSING or isinstance(key, int) else to_camel(str(step))


def _next(here: Any, path: str) -> tuple[Step, Step, str]:
    """Return the first step of a path, its spelling in the config, and the rest; a key may contain dots."""
    index = re.match(r"\[(\d+)\]\.?", path)
    if index:
        return int(index.group(1)), int(index.group(1)), path[index.end() :]
    quoted = re.match(r"\['([^']*)'\]\.?", path)
    if quoted:
        return quoted.group(1), quoted.group(1), path[quoted.end() :]
    known = cast(Mapping[str, Any], here).keys() if isinstance(here, Mapping) else ()
    whole = [key for key in known if is_within(path, key)]
    plain = re.split(r"[.\[]", path, maxsplit=1)[0]
    step = max(whole, key=len, default=plain)
    key = step if step in known or to_camel(step) not in known else to_camel(step)
    return step, key, path[len(step) :].removeprefix(".")


def _depth(steps: Sequence[Step], value: Any) -> int:
    """Return how many steps of the path a layer has."""
    here = value
    for depth, step in enumerate(steps):
        here = at(here, [step])
        if here is MISSING:
            return depth
    return len(steps)
