"""A YAML file with the line of every key, and its syntax problems."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

from gpuplane.arguments.errors import Problem

Step = str | int
"""A key of a map, or an index of a list."""

MISSING = object()
"""The result of looking up a value that does not exist."""

_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True)
class YamlDocument:
    """A YAML file.

    Attributes:
        name: Its name in messages, such as `Pulumi.prod.yaml`.
        value: Its content; None if it is not valid.
        lines: The line of each key and list item, counted from 1, by the steps that lead to it.
        problems: Its first syntax error, or every duplicate key.
    """

    name: str
    value: Any
    lines: Mapping[tuple[Step, ...], int] = field(default_factory=dict[tuple[Step, ...], int])
    problems: Sequence[Problem] = ()

    @classmethod
    def read(cls, path: Path) -> "YamlDocument":
        """Read a file, named by its own name.

        Raises:
            OSError: It cannot be read.
        """
        return cls.parse(path.read_text(encoding="utf-8"), path.name)

    @classmethod
    def parse(cls, text: str, name: str) -> "YamlDocument":
        """Parse the text of a file.

        Example:
            >>> YamlDocument.parse("models: {bert: {port: 8000}}", "x.yaml").line(["models", "bert"])
            1
        """
        try:
            root = yaml.compose(text, yaml.SafeLoader)
            value = yaml.safe_load(text)
        except yaml.YAMLError as error:
            return cls(name, None, problems=[_syntax_problem(error, name)])
        lines: dict[tuple[Step, ...], int] = {}
        doubles: list[Problem] = []
        for steps, line in _keys(root, ()):
            if steps in lines:
                message = f"{spelt(steps)}: duplicate key, first in line {lines[steps]}, fix: keep one"
                doubles.append(Problem(f"{name}:{line}", message))
            else:
                lines[steps] = line
        return cls(name, value, lines, doubles)

    def line(self, steps: Sequence[Step]) -> int | None:
        """Return the line of a key, else of the nearest key around it; None if there is none."""
        for depth in range(len(steps), 0, -1):
            found = self.lines.get(tuple(steps[:depth]))
            if found:
                return found
        return None


def spelt(steps: Sequence[Step]) -> str:
    """Return the steps as a property path.

    Example:
        >>> spelt(["models", "bert", "command", 0])
        'models.bert.command[0]'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _keys(node: yaml.Node | None, above: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], int]]:
    """Yield every key and list item below a node with its line, in the order of the file, duplicates included."""
    if isinstance(node, yaml.MappingNode):
        for key, inner in cast(list[tuple[yaml.Node, yaml.Node]], node.value):
            if key.tag == _MERGE:
                continue
            steps = (*above, str(key.value))
            yield steps, key.start_mark.line + 1
            yield from _keys(inner, steps)
    elif isinstance(node, yaml.SequenceNode):
        for index, inner in enumerate(cast(list[yaml.Node], node.value)):
            yield (*above, index), inner.start_mark.line + 1
            yield from _keys(inner, (*above, index))


def _syntax_problem(error: yaml.YAMLError, name: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    words = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    place = f"{name}:{mark.line + 1}" if mark else name
    return Problem(place, f"not valid YAML, {' '.join(str(words).split())}")


def at(value: Any, steps: Iterable[Step]) -> Any:
    """Return the value at the steps, `MISSING` if there is none.

    Example:
        >>> at({"models": [{"port": 8000}]}, ["models", 0, "port"])
        8000
    """
    here = value
    for step in steps:
        if isinstance(here, Mapping):
            here = cast(Mapping[Step, Any], here).get(step, MISSING)
        elif isinstance(here, list) and isinstance(step, int):
            here = next(iter(cast(list[Any], here)[step : step + 1]), MISSING)
        else:
            return MISSING
    return here
