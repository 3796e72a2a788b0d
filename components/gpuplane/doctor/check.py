"""The result of one check."""

from dataclasses import asdict, dataclass
from enum import Enum


class Status(str, Enum):
    """The status of a check."""

    OK = "ok"
    MISSING = "missing"
    LOOK = "look"
    """Only the account knows: a person has to look."""


@dataclass(frozen=True)
class Check:
    """The result of one check.

    Attributes:
        name: What was checked.
        status: Its status.
        detail: What was found.
        fix: The command that fixes it, or that shows it; empty if nothing is wrong.
    """

    name: str
    status: Status
    detail: str
    fix: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the check as JSON has it."""
        return {**asdict(self), "status": self.status.value}


def ok(name: str, detail: str) -> Check:
    """Return a passed check."""
    return Check(name, Status.OK, detail)


def missing(name: str, detail: str, fix: str) -> Check:
    """Return a failed check."""
    return Check(name, Status.MISSING, detail, fix)
