"""Pulumi's `transforms`, run in process as the engine would."""

import inspect
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import pulumi

from gpuplane.recording.errors import UnsupportedTransformError

T = TypeVar("T")

Transform = Callable[[pulumi.ResourceTransformArgs], Any]


def transformed(
    transforms: Iterable[Transform],
    resource_type: str,
    name: str,
    custom: bool,
    inputs: dict[str, Any],
    wait: Callable[[Coroutine[Any, Any, T]], T],
) -> dict[str, Any]:
    """Apply the transforms to the inputs in order: the resource's own, its ancestors', the stack's.

    Args:
        transforms: What to run.
        resource_type: Type of the resource.
        name: Its logical name.
        custom: Whether a provider makes it.
        inputs: Its inputs, plain.
        wait: Runs a coroutine to its end.

    Raises:
        UnsupportedTransformError: One of them changed the resource's options.
    """
    for transform in transforms:
        opts = pulumi.ResourceOptions()
        said = transform(pulumi.ResourceTransformArgs(custom, resource_type, name, inputs, opts))
        result: Any = wait(said) if inspect.iscoroutine(said) else said
        if result is None:
            continue
        if result.opts is not opts:
            raise UnsupportedTransformError
        inputs = dict(result.props)
    return inputs
