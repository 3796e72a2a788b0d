"""The base of every argument model: one pydantic model validates, documents and types a component."""

import inspect
from collections.abc import Awaitable, Iterable, Mapping
from typing import Annotated, Any, Self, TypeVar, Union, cast, get_args

import pulumi
import pydantic
from pydantic.alias_generators import to_camel

from gpuplane.arguments.errors import InvalidArgumentsError, Problem, nearest

T = TypeVar("T")

Input = Union[T, Awaitable[T], pulumi.Output[T]]
"""A plain value, or one that is known only when Pulumi has made what it comes from."""

MERGE_PATCH = "JSON Merge Patch"

MergePatch = Annotated[dict[str, Any], MERGE_PATCH]
"""A value that is a JSON Merge Patch itself, whose nulls are for what it is applied to later."""


class Args(pydantic.BaseModel):
    """Arguments of a component. Keys are snake_case in Python, camelCase in stack files; unknown keys are errors.

    Example:
        >>> class Shelf(Args):
        ...     max_books: int = 3
        >>> Shelf.parse('Shelf "a"', {"maxBooks": 5}).max_books
        5
    """

    model_config = pydantic.ConfigDict(
        arbitrary_types_allowed=True,
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        use_attribute_docstrings=True,
        validate_default=False,
    )

    @classmethod
    def parse(cls, subject: str, value: "Self | Mapping[str, Any]", extra_problems: Iterable[Problem] = ()) -> Self:
        """This model from a model or a plain mapping.

        Args:
            subject: What is given the arguments, such as `ModelServer "resnet50"`.
            value: The arguments.
            extra_problems: What else is wrong, such as the subject's name.

        Raises:
            InvalidArgumentsError: All that is wrong, each with its property path.
        """
        if isinstance(value, cls):
            if problems := [*value.problems(), *extra_problems]:
                raise InvalidArgumentsError(subject, problems)
            return value
        try:
            made = cls.model_validate(value)
        except pydantic.ValidationError as error:
            raise InvalidArgumentsError(subject, [*fold(error, cls, value), *extra_problems]) from None
        return cls.parse(subject, made, extra_problems)

    def explicitly_set(self) -> dict[str, Any]:
        """The arguments that were given, by name, to make other arguments of; defaults are left out."""
        return {name: getattr(self, name) for name in self.model_fields_set}

    def problems(self) -> Iterable[Problem]:
        """Every broken rule, of these arguments and of all nested ones, each with its property path."""
        for name in type(self).model_fields:
            yield from _nested_problems(name, getattr(self, name))
        yield from self.own_problems()

    def own_problems(self) -> Iterable[Problem]:
        """Problems that types cannot express, such as rules over several fields. Override in models that have any."""
        return ()


def _nested_problems(path: str, value: Any) -> Iterable[Problem]:
    """The problems of the argument models in a field: the value itself, or those in its lists and maps."""
    if isinstance(value, Args):
        yield from within(path, value.problems())
    elif isinstance(value, Mapping):
        for key, inner in cast(Mapping[str, Any], value).items():
            yield from _nested_problems(f"{path}.{key}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(cast(list[Any], value)):
            yield from _nested_problems(f"{path}[{index}]", inner)


def is_plain(value: Any) -> bool:
    """Whether the value is known now, so that a rule can be checked before anything is made."""
    return not isinstance(value, (pulumi.Output, Awaitable))


def within(prefix: str, problems: Iterable[Problem]) -> list[Problem]:
    """The problems of a part, with their paths as seen from the whole."""
    return [
        Problem(f"{prefix}.{p.path}" if p.path and not p.path.startswith("[") else prefix + p.path, p.message)
        for p in problems
    ]


def fold(error: pydantic.ValidationError, model: type[pydantic.BaseModel], value: Any) -> list[Problem]:
    """Pydantic's errors as one problem a field: what a union's members each say becomes one line."""
    by_path: dict[str, list[tuple[str, Any]]] = {}
    for item in error.errors(include_url=False):
        path, parent = _real_path(item["loc"], value)
        if item["type"] == "extra_forbidden":
            allowed = _allowed_keys(model, item["loc"][:-1])
            close = nearest(str(item["loc"][-1]), allowed, 1)
            hint = f"nearest: {close[0]}" if close else f"allowed: {', '.join(allowed)}"
            by_path.setdefault(path, []).append((f"unknown key, {hint}", parent))
        elif item["type"] == "missing":
            by_path.setdefault(path, []).append(("required, got nothing", parent))
        else:
            got = _short(item["input"])
            by_path.setdefault(path, []).append((f"{_lower(item['msg'])}, got {got}", item["type"]))
    return [Problem(path, _one_line(messages)) for path, messages in by_path.items()]


def _one_line(messages: list[tuple[str, Any]]) -> str:
    plain = [text for text, kind in messages if kind != "is_instance_of"] or [text for text, _ in messages]
    return plain[0]


def _lower(message: str) -> str:
    text = message.removeprefix("Value error, ").removeprefix("Input ")
    return text[:1].lower() + text[1:]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _real_path(loc: tuple[int | str, ...], value: Any) -> tuple[str, Any]:
    """The property path without the union members' names that pydantic puts between, by walking the input."""
    path, here = "", value
    for index, step in enumerate(loc):
        found, inner = _step_into(here, step)
        is_missing_key = hasattr(here, "keys") and index == len(loc) - 1 and "[" not in str(step)
        if found or is_missing_key:
            path, here = _joined(path, step), inner
    return path, here


def _step_into(value: Any, step: int | str) -> tuple[bool, Any]:
    try:
        return True, value[step]
    except (KeyError, IndexError, TypeError):
        return False, value


def _joined(path: str, step: int | str) -> str:
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else step


def _allowed_keys(model: type[pydantic.BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The keys of the model that `loc` leads to, in camelCase as stack files write them."""
    here: Any = model
    for step in loc:
        for candidate in models_in(here):
            by_name = {
                **candidate.model_fields,
                **{f.alias or n: f for n, f in candidate.model_fields.items()},
            }
            if step in by_name:
                here = by_name[str(step)].annotation
                break
    found = models_in(here)
    return [field.alias or name for name, field in found[0].model_fields.items()] if found else []


def models_in(annotation: Any) -> list[type[pydantic.BaseModel]]:
    """The pydantic models that an annotation names, through unions and containers."""
    if inspect.isclass(annotation) and issubclass(annotation, pydantic.BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]
