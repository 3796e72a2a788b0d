"""What a rule is, and what it finds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from gpuplane.policy.subjects.subjects import Subject


class Environment(str, Enum):
    """How strictly a stack is held to the rules."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"


class Severity(str, Enum):
    """What a finding means."""

    ERROR = "error"
    """The stack does not pass."""

    WARNING = "warning"
    """Must be mended before the next environment, where it is an error."""

    ADVICE = "advice"
    """Worth a thought; never stops anything."""


Levels = Mapping[Environment, Severity]


def levels(dev: Severity, staging: Severity, prod: Severity) -> Levels:
    """The severity of a rule in each environment."""
    return {Environment.DEV: dev, Environment.STAGING: staging, Environment.PROD: prod}


ALWAYS = levels(Severity.ERROR, Severity.ERROR, Severity.ERROR)
"""Wrong everywhere."""

SHARED = levels(Severity.WARNING, Severity.ERROR, Severity.ERROR)
"""Wrong where others depend on the stack."""

BEFORE_PROD = levels(Severity.ADVICE, Severity.ERROR, Severity.ERROR)
"""Too much to ask of an experiment, wrong in staging and prod."""

ADVICE = levels(Severity.ADVICE, Severity.ADVICE, Severity.ADVICE)
"""A matter of judgement."""


@dataclass(frozen=True)
class Violation:
    """A rule broken by one object.

    Attributes:
        subject: The object.
        path: Property path in it; empty for the whole.
        message: What is wrong and what was given, in one line; lower case, no final period; never a secret.
    """

    subject: Subject
    path: str
    message: str


Check = Callable[[Subject], Iterable[Violation]]
StackCheck = Callable[["tuple[Subject, ...]"], Iterable[Violation]]


@dataclass(frozen=True)
class Rule:
    """One thing that every object is held to.

    Attributes:
        id: Its name in reports and exceptions, such as `image-pinned`.
        reason: Why it matters, one sentence.
        fix: What to do about it, one line.
        levels: Its severity by environment.
        check: Looks at one object by itself; None for a rule over several.
        check_stack: Looks at all objects together; None for a rule over one.
    """

    id: str
    reason: str
    fix: str
    levels: Levels
    check: Check | None = None
    check_stack: StackCheck | None = None

    def violations(self, subjects: Iterable[Subject]) -> Iterable[Violation]:
        """All that breaks the rule."""
        everything = tuple(subjects)
        if self.check_stack:
            yield from self.check_stack(everything)
        if self.check:
            for subject in everything:
                yield from self.check(subject)


@dataclass(frozen=True, order=True)
class Finding:
    """A broken rule as it is reported.

    Attributes:
        severity: What it means in the stack's environment.
        rule: Id of the rule.
        object: The object, such as `Deployment ml-prod/resnet50`.
        path: Property path in it; empty for the whole.
        message: What is wrong and what was given, in one line.
        fix: What to do about it.
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
