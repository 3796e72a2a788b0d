"""The table of differences that are meant, and the page of the documentation that shows it."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from parity.fields import Difference

HERE = Path(__file__).parent
STACKS = ("dev", "staging", "prod")
BEGIN, END = "<!-- differences.csv -->\n", "<!-- end -->\n"


@dataclass(frozen=True)
class Row:
    """A kind of difference, and why ours is better. `*` stands for anything."""

    kind: str
    path: str
    stacks: str
    kustomize: str
    gpuplane: str
    why: str

    def covers(self, difference: Difference, stack: str) -> bool:
        return self.stacks in ("all", stack) and all(
            _pattern(getattr(self, side)).fullmatch(getattr(difference, side))
            for side in ("kind", "path", "kustomize", "gpuplane")
        )


def rows() -> list[Row]:
    with (HERE / "differences.csv").open(encoding="utf-8", newline="") as file:
        return [Row(**row) for row in csv.DictReader(file)]


def markdown() -> str:
    lines = ["| object | field | stacks | Kustomize | gpuplane | why |", "| --- | --- | --- | --- | --- | --- |"]
    for row in rows():
        cells = [row.kind, f"`{row.path}`", row.stacks, _code(row.kustomize), _code(row.gpuplane), row.why]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return {"*": "any", "-": "none"}.get(text, f"`{text}`")


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(r"\*", ".*"), re.DOTALL)
