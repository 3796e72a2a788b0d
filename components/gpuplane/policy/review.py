"""The rules over everything that a stack makes."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gpuplane.policy import exceptions
from gpuplane.policy.args import PolicyConfig
from gpuplane.policy.exceptions import Exemption
from gpuplane.policy.model import Finding, Severity
from gpuplane.policy.rules import RULES
from gpuplane.policy.subjects.subjects import Subject


@dataclass(frozen=True)
class Review:
    """What the rules found.

    Attributes:
        findings: In the order of their severity, errors first, then by rule and object.
        excepted: What would have been found without an exception.
    """

    findings: Sequence[Finding]
    excepted: Sequence[Finding] = ()

    @property
    def errors(self) -> list[Finding]:
        """The findings that a stack does not pass with."""
        return [one for one in self.findings if one.severity is Severity.ERROR]

    @property
    def notes(self) -> list[Finding]:
        """The findings that stop nothing."""
        return [one for one in self.findings if one.severity is not Severity.ERROR]


def review(
    subjects: Iterable[Subject], config: PolicyConfig | None = None, today: datetime.date | None = None
) -> Review:
    """Holds everything that a stack makes to the rules.

    Args:
        subjects: What it makes.
        config: The environment and the exceptions. By default the strictest, and none.
        today: The day that exceptions are measured by. By default today, in UTC.

    Example:
        >>> review([Subject("urn", "kubernetes:core/v1:Service", "s", {"spec": {"type": "NodePort"}})]).errors[0].rule
        'no-node-port'
    """
    everything = tuple(subjects)
    settings = config or PolicyConfig()
    day = today or datetime.datetime.now(datetime.UTC).date()
    environment = settings.environment
    by_id = {rule.id: rule for rule in RULES}
    exemptions, wrong = exceptions.written(everything, settings, list(by_id))
    found = {
        Finding(
            severity=rule.levels[environment],
            rule=rule.id,
            object=violation.subject.label,
            path=violation.path,
            message=violation.message,
            fix=rule.fix,
            urn=violation.subject.urn,
        )
        for rule in RULES
        for violation in rule.violations(everything)
    }
    holding = [one for one in exemptions if one.until >= day]
    excepted = {finding for finding in found if any(one.covers(finding) for one in holding)}
    over = [
        finding for one in exemptions for finding in exceptions.expired(one, day, by_id[one.rule].levels, environment)
    ]
    idle = [exceptions.unused(one) for one in holding if not _is_used(one, found)]
    return Review(_in_order([*(found - excepted), *wrong, *over, *idle]), _in_order(excepted))


def _is_used(exemption: Exemption, found: Iterable[Finding]) -> bool:
    return any(exemption.covers(finding) for finding in found)


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    ranks = list(Severity)
    return sorted(findings, key=lambda one: (ranks.index(one.severity), one.rule, one.object, one.path, one.message))
