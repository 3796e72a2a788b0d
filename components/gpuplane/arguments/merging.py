"""Merging an overlay over a base, where some values are JSON Merge Patches themselves."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, cast, get_args, get_origin

import pydantic

from gpuplane.arguments.inputs import MERGE_PATCH
from gpuplane.arguments.models import models_in
from gpuplane.plain.merge_patch import compose

_ANY = "*"


def merge_config(
    model: type[pydantic.BaseModel], base: Mapping[str, Any], overlay: Mapping[str, Any]
) -> dict[str, Any]:
    """Merge an overlay over a base.

    Maps merge, lists replace and null deletes, as RFC 7386 says. Where the model's field is a patch itself, such as
    `transforms`, the two patches are composed: a null in the overlay's then deletes a field of the patched resource.

    Args:
        model: The type of the config, which tells which values are patches.
        base: The base, with the keys that files use.
        overlay: The overlay, likewise.

    Example:
        >>> from gpuplane.arguments.inputs import MergePatch
        >>> class Box(pydantic.BaseModel):
        ...     patch: MergePatch = {}
        >>> merge_config(Box, {"patch": {"size": 1}, "other": 1}, {"patch": {"size": None}, "other": None})
        {'patch': {'size': None}}
    """
    return cast(dict[str, Any], _merged(base, overlay, _patches_of(model)))


def _merged(target: Any, patch: Any, patches: Sequence[tuple[str, ...]]) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    whole: dict[str, Any] = {**cast(Mapping[str, Any], target)} if isinstance(target, Mapping) else {}
    if () in patches:
        return compose(whole, patch)
    for key, value in cast(Mapping[str, Any], patch).items():
        if value is None:
            whole.pop(key, None)
        else:
            whole[key] = _merged(whole.get(key), value, [place[1:] for place in patches if place[0] in (key, _ANY)])
    return whole


@cache
def _patches_of(model: type[pydantic.BaseModel]) -> tuple[tuple[str, ...], ...]:
    return tuple(_patches_in(model, ()))


def _patches_in(annotation: Any, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the path of each field that is a patch itself."""
    if get_origin(annotation) is Annotated and MERGE_PATCH in get_args(annotation):
        yield above
    elif get_origin(annotation) is dict:
        yield from _patches_in(get_args(annotation)[1], (*above, _ANY))
    elif get_origin(annotation):
        for part in get_args(annotation):
            yield from _patches_in(part, above)
    else:
        for model in models_in(annotation):
            for name, field in model.model_fields.items():
                path = (*above, field.alias or name)
                if MERGE_PATCH in field.metadata:
                    yield path
                else:
                    yield from _patches_in(field.annotation, path)
