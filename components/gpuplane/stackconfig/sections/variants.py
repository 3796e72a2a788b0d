"""The model servers of a stack: one for each model, or for each variant of one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pydantic

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.folding import fold
from gpuplane.arguments.merging import merge_config
from gpuplane.arguments.paths import within
from gpuplane.serving.variants.args import TrafficSplit
from gpuplane.serving.variants.canary import MAIN
from gpuplane.stackconfig.sections.models import ModelConfig


@dataclass(frozen=True)
class Server:
    """One model server of a stack.

    Attributes:
        name: The model's name for the variant `main`, else `<model>-<variant>`.
        model: The model it is a variant of.
        variant: Name of the variant.
        split: Its share of the model's requests.
        config: The model's config with the variant's overlay.
    """

    name: str
    model: str
    variant: str
    split: TrafficSplit
    config: ModelConfig


def servers_of(models: Mapping[str, ModelConfig]) -> Iterator[Server]:
    """Yield the servers of models whose overlays are valid."""
    for model, config in models.items():
        for variant, split in splits_of(config).items():
            name = model if variant == MAIN else f"{model}-{variant}"
            yield Server(name, model, variant, split, with_overlay(config, variant))


def splits_of(config: ModelConfig) -> Mapping[str, TrafficSplit]:
    """Return the traffic splits of a model's variants; a model without variants is its own only one."""
    return config.variants or {MAIN: TrafficSplit()}


def with_overlay(config: ModelConfig, variant: str) -> ModelConfig:
    """Merge a variant's overlay over its model.

    Raises:
        pydantic.ValidationError: The result is not a model.
    """
    if variant not in config.variants:
        return config
    return type(config).from_config(_merged(config, variant))


def overlay_problems(
    config: ModelConfig, variant: str, check: Callable[[ModelConfig], Iterable[Problem]]
) -> Iterator[Problem]:
    """Find problems of a variant that its model does not have.

    Args:
        config: The model.
        variant: Name of the variant.
        check: Finds all problems of a model.
    """
    path = f"variants.{variant}.overlay"
    overlay = config.variants[variant].overlay
    shared = [key for key in _OF_THE_MODEL if key in overlay]
    for key in shared:
        yield Problem(f"{path}.{key}", "not allowed in a variant, all variants of a model share it")
    if shared or not overlay:
        return
    try:
        changed = with_overlay(config, variant)
    except pydantic.ValidationError as error:
        yield from within(path, fold(error, type(config), _merged(config, variant)))
    else:
        of_model = set(check(config))
        yield from within(path, (problem for problem in check(changed) if problem not in of_model))


_OF_THE_MODEL = ("tenant", "route", "variants")


def _merged(config: ModelConfig, variant: str) -> dict[str, Any]:
    own = config.model_dump(by_alias=True, exclude_unset=True, exclude={"variants"})
    return merge_config(type(config), own, config.variants[variant].overlay)
