"""The two spellings of argument names: snake_case in Python, camelCase in stack files."""

import re
from collections.abc import Collection, Iterator
from functools import cache

import pydantic
from pydantic.alias_generators import to_camel

from gpuplane.arguments.models import models_in


@cache
def field_names(model: type[pydantic.BaseModel]) -> frozenset[str]:
    """Return the names of all fields of a model and of the models nested in it, in snake_case."""
    return frozenset(_names(model))


def in_camel_case(text: str, names: Collection[str]) -> str:
    """Spell the field names in a message as stack files do. Other words, and quoted ones, stay as they are.

    Args:
        text: A message that spells field names in snake_case.
        names: The field names; other words with underscores, such as those of Linux or Python, are left alone.

    Example:
        >>> in_camel_case("max_nodes: must be at least min_nodes, got 'max_nodes'", {"max_nodes", "min_nodes"})
        "maxNodes: must be at least minNodes, got 'max_nodes'"
    """
    return re.sub(r"(?<!['\w])\w+_\w+", lambda m: to_camel(m.group()) if m.group() in names else m.group(), text)


def _names(model: type[pydantic.BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        for nested in models_in(field.annotation):
            yield from _names(nested)
