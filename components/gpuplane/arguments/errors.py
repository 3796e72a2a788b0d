"""Every problem of one call or one config file, reported at once by property path."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, order=True)
class Problem:
    """One problem, and how to fix it.

    Attributes:
        path: Property path in the argument's own spelling, such as `scaling.max_nodes`; empty for the whole.
        message: What is wrong, what was given, what is allowed, and the fix; lower case, no final period.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class InvalidArgumentsError(pulumi.RunError):
    """Wrong arguments. Raised before any resource is made; Pulumi prints it without a traceback.

    Attributes:
        subject: What was given the arguments, such as `ModelServer "resnet50"`.
        problems: All problems, ordered by path.
    """

    def __init__(self, subject: str, problems: Iterable[Problem]) -> None:
        self.subject = subject
        self.problems = sorted(set(problems), key=_in_order)
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        super().__init__("\n".join([f"{subject}: {count}", *(f"  {problem}" for problem in self.problems)]))


class DoesNotFitError(InvalidArgumentsError):
    """Arguments that are each valid but together request more than the cluster would have.

    A rehearsal reports it as its verdict; any other run fails with it.
    """


def _in_order(problem: Problem) -> tuple[list[str | int], str]:
    """By path, with line 9 before line 10."""
    parts = re.split(r"(\d+)", problem.path)
    return [int(part) if part.isdecimal() else part for part in parts], problem.message


def nearest(got: str, allowed: Iterable[str], limit: int = 3) -> list[str]:
    """Return the allowed words spelt most like `got`, best first; empty when none is close."""
    by_folded = {word.lower().replace("_", "").replace("-", ""): word for word in allowed}
    folded = got.lower().replace("_", "").replace("-", "")
    return [by_folded[match] for match in difflib.get_close_matches(folded, by_folded, n=limit, cutoff=0.6)]


def unknown(what: str, got: str, allowed: Sequence[str]) -> str:
    """Return the message for a word that is not allowed, with the nearest allowed words, or all when none is close."""
    close = nearest(got, allowed)
    if close:
        return f"unknown {what}, got {got!r}, nearest: {', '.join(close)}"
    return f"unknown {what}, got {got!r}, allowed: {', '.join(allowed)}"
