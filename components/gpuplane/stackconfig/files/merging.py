"""An overlay over a base, where some of the values are patches themselves."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, cast, get_args, get_origin

import pydantic

from gpuplane.arguments.inputs import MERGE_PATCH
from gpuplane.arguments.models import models_in
from gpuplane.plain.merge_patch import compose

_ANY = "*"


def overlaid(model: type[pydantic.BaseModel], base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """The overlay over the base as RFC 7386 says, but for values that are patches, which become the base's patch and
    the overlay's in one: a null there deletes a field of what the patch is for.

    Args:
        model: What the two are a config of; its types say which values are patches.
        base: The base.
        overlay: The overlay.

    Example:
        >>> from gpuplane.component.base import ComponentArgs
        >>> overlaid(ComponentArgs, {}, {"transforms": {"service": {"spec": {"clusterIP": None}}, "claim": None}})
        {'transforms': {'service': {'spec': {'clusterIP': None}}}}
    """
    return cast(dict[str, Any], _overlaid(base, overlay, _patches_of(model)))


def _overlaid(target: Any, patch: Any, patches: Sequence[tuple[str, ...]]) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    whole: dict[str, Any] = {**cast(Mapping[str, Any], target)} if isinstance(target, Mapping) else {}
    if () in patches:
        return compose(whole, patch)
    for key, value in cast(Mapping[str, Any], patch).items():
        if value is None:
            whole.pop(key, None)
        else:
            whole[key] = _overlaid(whole.get(key), value, [place[1:] for place in patches if place[0] in (key, _ANY)])
    return whole


@cache
def _patches_of(model: type[pydantic.BaseModel]) -> tuple[tuple[str, ...], ...]:
    return tuple(_patches_in(model, ()))


def _patches_in(annotation: Any, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The paths of what is a patch itself."""
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
