"""The argument models that a type annotation names."""

import inspect
from typing import Any, get_args

import pydantic


def models_in(annotation: Any) -> list[type[pydantic.BaseModel]]:
    """Return the pydantic models in an annotation, through unions and containers.

    Example:
        >>> class Shelf(pydantic.BaseModel):
        ...     max_books: int
        >>> [model.__name__ for model in models_in(dict[str, Shelf | None])]
        ['Shelf']
    """
    if inspect.isclass(annotation) and issubclass(annotation, pydantic.BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]
