"""One thing that was looked at."""

from dataclasses import asdict, dataclass
from enum import Enum


class Status(str, Enum):
    """How it is."""

    OK = "ok"
    MISSING = "missing"
    LOOK = "look"
    """Nobody can know without the account: a person has to look."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What it is.
        status: How it is.
        detail: What was found.
        fix: The command that mends it, or that shows it; empty where all is well.
    """

    name: str
    status: Status
    detail: str
    fix: str = ""

    def as_json(self) -> dict[str, str]:
        """The check for machines."""
        return {**asdict(self), "status": self.status.value}


def ok(name: str, detail: str) -> Check:
    """A check that is well."""
    return Check(name, Status.OK, detail)


def missing(name: str, detail: str, fix: str) -> Check:
    """A check that has to be mended."""
    return Check(name, Status.MISSING, detail, fix)
