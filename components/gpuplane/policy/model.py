"""Rules, their severities, and findings."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from gpuplane.policy.subjects.subject import Subject


class Environment(str, Enum):
    """The environment of a stack, which decides how severe findings are."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"


class Severity(str, Enum):
    """Severity of a finding."""

    ERROR = "error"
    """The stack does not pass."""

    WARNING = "warning"
    """An error in the next environment."""

    ADVICE = "advice"
    """A suggestion."""


Levels = Mapping[Environment, Severity]


def levels(dev: Severity, staging: Severity, prod: Severity) -> Levels:
    """Return the severity of a rule by environment."""
    return {Environment.DEV: dev, Environment.STAGING: staging, Environment.PROD: prod}


ALWAYS = levels(Severity.ERROR, Severity.ERROR, Severity.ERROR)
"""An error in every environment."""

WARN_IN_DEV = levels(Severity.WARNING, Severity.ERROR, Severity.ERROR)
"""A warning in dev, an error in staging and prod."""

BEFORE_PROD = levels(Severity.ADVICE, Severity.ERROR, Severity.ERROR)
"""A suggestion in dev, an error in staging and prod."""

ADVICE = levels(Severity.ADVICE, Severity.ADVICE, Severity.ADVICE)
"""A suggestion in every environment."""


@dataclass(frozen=True)
class Violation:
    """A violation of a rule by one object.

    Attributes:
        subject: The object.
        path: Property path in it; empty for the whole.
        message: What is wrong and the value, in one line; lower case, no final period, no secrets.
    """

    subject: Subject
    path: str
    message: str


Check = Callable[[Subject], Iterable[Violation]]
StackCheck = Callable[["tuple[Subject, ...]"], Iterable[Violation]]


@dataclass(frozen=True)
class Rule:
    """A policy rule.

    Attributes:
        id: Its name in findings and exceptions, such as `image-pinned`.
        reason: Why it matters, in one sentence.
        fix: How to comply, in one line.
        levels: Its severity by environment.
        check: Checks one object; None for a rule over several.
        check_stack: Checks all objects together; None for a rule over one.
    """

    id: str
    reason: str
    fix: str
    levels: Levels
    check: Check | None = None
    check_stack: StackCheck | None = None

    def violations(self, subjects: Iterable[Subject]) -> Iterable[Violation]:
        """Yield the violations among the subjects."""
        everything = tuple(subjects)
        if self.check_stack:
            yield from self.check_stack(everything)
        if self.check:
            for subject in everything:
                yield from self.check(subject)


@dataclass(frozen=True, order=True)
class Finding:
    """A violation as it is reported.

    Attributes:
        severity: Its severity in the stack's environment.
        rule: Id of the rule.
        object: The object, such as `Deployment ml-prod/resnet50`.
        path: Property path in it; empty for the whole.
        message: What is wrong and the value, in one line.
        fix: How to comply.
        urn: The resource's URN.
    """

    severity: Severity
    rule: str
    object: str
    path: str
    message: str
    fix: str
    urn: str = ""

    def __str__(self) -> str:
        where = f"{self.object}: {self.path}" if self.path else self.object
        return f"{where}: {self.message}, fix: {self.fix} ({self.rule})"
