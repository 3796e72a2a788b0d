"""The base of every argument model: one pydantic model validates, documents and types a component."""

from collections.abc import Iterable, Mapping
from typing import Any, Self, cast

import pydantic
from pydantic.alias_generators import to_camel

from gpuplane.arguments.errors import InvalidArgumentsError, Problem
from gpuplane.arguments.folding import fold
from gpuplane.arguments.paths import within


class Args(pydantic.BaseModel):
    """Arguments of a component. Keys are snake_case in Python, camelCase in stack files; unknown keys are errors.

    Example:
        >>> class Shelf(Args):
        ...     max_books: int = 3
        >>> Shelf.parse('Shelf "a"', {"max_books": 5}).max_books
        5
        >>> Shelf.from_config({"maxBooks": 5}).max_books
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
        """Validate a model or a mapping with snake_case keys.

        Args:
            subject: What is given the arguments, such as `ModelServer "resnet50"`.
            value: The arguments.
            extra_problems: Further problems to report, such as those of the subject's name.

        Raises:
            InvalidArgumentsError: All problems, each with its property path.
        """
        if isinstance(value, cls):
            if problems := [*value.problems(), *extra_problems]:
                raise InvalidArgumentsError(subject, problems)
            return value
        try:
            made = cls.model_validate(value, by_name=True, by_alias=False)
        except pydantic.ValidationError as error:
            raise InvalidArgumentsError(subject, [*fold(error, cls, value), *extra_problems]) from None
        return cls.parse(subject, made, extra_problems)

    @classmethod
    def from_config(cls, value: Mapping[str, Any]) -> Self:
        """Create the model from a mapping with camelCase keys, as stack files have; only types are checked.

        Raises:
            pydantic.ValidationError: Keys or types are wrong.
        """
        return cls.model_validate(value, by_alias=True, by_name=False)

    @classmethod
    def merged(cls, *parts: "Args | Mapping[str, Any]") -> Self:
        """Create the model from several parts, such as a stack's settings and what only the program knows.

        Args:
            parts: Mappings with snake_case keys, or models, which give what was explicitly set in them. Later ones win.

        Raises:
            pydantic.ValidationError: Keys or types are wrong.
        """
        given: dict[str, Any] = {}
        for part in parts:
            given |= part.explicitly_set() if isinstance(part, Args) else part
        return cls.model_validate(given, by_name=True, by_alias=False)

    def explicitly_set(self) -> dict[str, Any]:
        """Return the arguments that were given, by name, without defaults."""
        return {name: getattr(self, name) for name in self.model_fields_set}

    def problems(self) -> Iterable[Problem]:
        """Return every broken rule of these arguments and of all nested ones, each with its property path."""
        for name in type(self).model_fields:
            yield from _nested_problems(name, getattr(self, name))
        yield from self.own_problems()

    def own_problems(self) -> Iterable[Problem]:
        """Return problems that types cannot express, such as rules over several fields. Override to add rules."""
        return ()


def _nested_problems(path: str, value: Any) -> Iterable[Problem]:
    """Yield the problems of the argument models in a field: the value itself, or those in its lists and maps."""
    if isinstance(value, Args):
        yield from within(path, value.problems())
    elif isinstance(value, Mapping):
        for key, inner in cast(Mapping[str, Any], value).items():
            yield from _nested_problems(f"{path}.{key}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(cast(list[Any], value)):
            yield from _nested_problems(f"{path}[{index}]", inner)
