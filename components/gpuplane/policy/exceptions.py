"""Exceptions from the rules: one object, one rule, a reason and a last day.

They are written as annotations of the object, `policy.gpuplane/RULE: "2026-12-31 reason"`, or in the stack's config,
`policy.exceptions`.
"""

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gpuplane.arguments.errors import unknown
from gpuplane.policy.args import PolicyConfig
from gpuplane.policy.model import Environment, Finding, Levels, Severity
from gpuplane.policy.subjects.subject import Subject

PREFIX = "policy.gpuplane/"
EXPIRED, UNUSED, WRONG = "exception-expired", "exception-unused", "exception-wrong"
_FORM = re.compile(r"(\d{4}-\d{2}-\d{2})\s+(\S.*)", re.DOTALL)


@dataclass(frozen=True)
class Exemption:
    """An exception from an annotation or from the stack's config.

    Attributes:
        rule: Id of the rule.
        object: The object, spelled as in findings.
        until: The last day of the exception.
        reason: Why there is one.
        where: Property path of the exception.
        urn: URN of the resource with the annotation, empty for one in the config.
    """

    rule: str
    object: str
    until: datetime.date
    reason: str
    where: str
    urn: str = ""

    def covers(self, finding: Finding) -> bool:
        """Return whether the exception is for this finding."""
        is_object = finding.urn == self.urn if self.urn else finding.object == self.object
        return is_object and finding.rule == self.rule


def read_exceptions(
    subjects: Iterable[Subject], config: PolicyConfig, rules: Sequence[str]
) -> tuple[list[Exemption], list[Finding]]:
    """Return all exceptions, and findings for annotations that cannot be read."""
    found: list[Exemption] = []
    wrong: list[Finding] = []
    for subject in subjects:
        for key, value in sorted(subject.annotations.items()):
            if not key.startswith(PREFIX):
                continue
            rule, where = key.removeprefix(PREFIX), f"metadata.annotations[{key}]"
            message = _problem(rule, str(value), rules)
            if message:
                fix = f'write {PREFIX}RULE: "2026-12-31 reason"'
                wrong.append(Finding(Severity.ERROR, WRONG, subject.label, where, message, fix, subject.urn))
                continue
            day, reason = _parts(str(value))
            found.append(Exemption(rule, subject.label, day, reason, where, subject.urn))
    for name, one in config.exceptions.items():
        where = f"policy.exceptions.{name}"
        found.append(Exemption(one.rule, one.object, one.until, one.reason, where))
    return found, wrong


def expired(exemption: Exemption, today: datetime.date, levels: Levels, environment: Environment) -> Iterator[Finding]:
    """Yield a finding, as severe as the rule, if the exception has expired."""
    if exemption.until < today:
        yield Finding(
            severity=levels[environment],
            rule=EXPIRED,
            object=exemption.object,
            path=exemption.where,
            message=f"the exception from {exemption.rule} expired on {exemption.until}, its reason was: "
            f"{exemption.reason}",
            fix="comply with the rule, or extend the date",
            urn=exemption.urn,
        )


def unused(exemption: Exemption) -> Finding:
    """Return a finding for an exception that matches nothing: the object complies, or its name is misspelled."""
    return Finding(
        severity=Severity.ADVICE,
        rule=UNUSED,
        object=exemption.object,
        path=exemption.where,
        message=f"the object does not violate {exemption.rule}",
        fix="remove the exception",
        urn=exemption.urn,
    )


def _problem(rule: str, value: str, rules: Sequence[str]) -> str:
    if rule not in rules:
        return unknown("rule", rule, rules)
    match = _FORM.fullmatch(value.strip())
    if not match:
        return f"must be a date and a reason, got {value!r}"
    try:
        datetime.date.fromisoformat(match.group(1))
    except ValueError:
        return f"must start with a date, got {match.group(1)!r}"
    return ""


def _parts(value: str) -> tuple[datetime.date, str]:
    match = _FORM.fullmatch(value.strip())
    assert match
    return datetime.date.fromisoformat(match.group(1)), match.group(2)
