"""The origin of each value of a stack's config."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pydantic
from pydantic_core import to_jsonable_python

from gpuplane.arguments.merging import merge_config
from gpuplane.plain.merge_patch import merge
from gpuplane.plain.paths import is_within
from gpuplane.stackconfig.files.stack_files import StackFiles
from gpuplane.stackconfig.files.yaml_document import MISSING, Step, at, spelt
from gpuplane.stackconfig.locate import layer_of
from gpuplane.stackconfig.model import StackConfig

DEFAULT = "default"


@dataclass(frozen=True)
class Origin:
    """A value of the config and its origin.

    Attributes:
        path: Its property path, such as `models.bert.image`.
        value: The value; None where the overlay deletes the base's without a default in its place.
        source: The file and line, or `default`.
    """

    path: str
    value: Any
    source: str


def explain(
    base: Mapping[str, Any], overlay: Mapping[str, Any], files: StackFiles, config: StackConfig
) -> list[Origin]:
    """Return every value of a stack with its origin: the overlay, the base, or a default.

    A list is one value, since it is replaced as a whole. Secrets appear as the names of their config keys.

    Args:
        base: The base.
        overlay: The overlay.
        files: Their files.
        config: The checked config of the two.
    """
    whole = merge_config(StackConfig, base, overlay)
    unsaid = defaults(config)
    deleted = {
        steps: files.overlay.place(steps) for steps in _deletions(overlay, base, ()) if at(whole, steps) is MISSING
    }
    origins: list[Origin] = []
    for steps, value in _leaves(merge(whole, unsaid), whole, ()):
        if at(whole, steps) is not MISSING:
            origins.append(Origin(spelt(steps), value, layer_of(steps, base, overlay, files).place(steps)))
            continue
        if value in ({}, [], None):
            continue
        by = next((place for gone, place in deleted.items() if steps[: len(gone)] == gone), None)
        origins.append(Origin(spelt(steps), value, f"{DEFAULT}, {by} deletes the base's" if by else DEFAULT))
    known = {origin.path for origin in origins}
    for steps, place in deleted.items():
        path = spelt(steps)
        if not any(is_within(other, path) for other in known):
            origins.append(Origin(path, None, f"{place} deletes the base's"))
    return origins


def defaults(model: pydantic.BaseModel) -> dict[str, Any]:
    """Return the default values of the fields that are not set, by their names in the files, without nulls.

    Example:
        >>> from gpuplane.nodepools.taints import NodeTaint
        >>> defaults(NodeTaint(key="team", value="ml"))
        {'effect': 'NoSchedule'}
    """
    found: dict[str, Any] = {}
    for name, field in type(model).model_fields.items():
        if field.exclude:  # a Python value, which no file has
            continue
        value = _default(getattr(model, name), is_given=name in model.model_fields_set)
        if value is not None and value != {} and value != []:
            found[field.alias or name] = value
    return found


def _default(value: Any, *, is_given: bool) -> Any:
    if isinstance(value, pydantic.BaseModel):
        return defaults(value) if is_given else value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if is_given and isinstance(value, Mapping):
        inner = {
            key: _default(item, is_given=True)
            for key, item in cast(Mapping[str, Any], value).items()
            if isinstance(item, pydantic.BaseModel)
        }
        return {key: item for key, item in inner.items() if item}
    if is_given:
        return None
    return to_jsonable_python(value)


def _leaves(value: Any, said: Any, above: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Any]]:
    """Yield values without keys below them, and maps that the config leaves empty."""
    if (not isinstance(value, Mapping) or not value or said == {}) and above:
        yield above, said if said == {} else value
    if isinstance(value, Mapping):
        for key, inner in cast(Mapping[str, Any], value).items():
            yield from _leaves(inner, at(said, (key,)), (*above, key))


def _deletions(overlay: Any, base: Any, above: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """Yield the keys of the base that the overlay deletes with null."""
    if not isinstance(overlay, Mapping) or not isinstance(base, Mapping):
        return
    known = cast(Mapping[str, Any], base)
    for key, value in cast(Mapping[str, Any], overlay).items():
        if key not in known:
            continue
        if value is None:
            yield (*above, key)
        else:
            yield from _deletions(value, known[key], (*above, key))
