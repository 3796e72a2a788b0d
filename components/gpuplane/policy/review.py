"""Review of a stack: all rules over all of its resources."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gpuplane.policy import exceptions
from gpuplane.policy.args import PolicyConfig
from gpuplane.policy.exceptions import Exemption
from gpuplane.policy.model import Finding, Severity
from gpuplane.policy.rules import RULES
from gpuplane.policy.subjects.subject import Subject


@dataclass(frozen=True)
class Review:
    """The result of a review.

    Attributes:
        findings: Findings by severity, errors first, then by rule and object.
        excepted: Findings that exceptions cover.
    """

    findings: Sequence[Finding]
    excepted: Sequence[Finding] = ()

    @property
    def errors(self) -> list[Finding]:
        """Findings that fail the stack."""
        return [one for one in self.findings if one.severity is Severity.ERROR]

    @property
    def notes(self) -> list[Finding]:
        """Warnings and advice."""
        return [one for one in self.findings if one.severity is not Severity.ERROR]


def review(
    subjects: Iterable[Subject], config: PolicyConfig | None = None, today: datetime.date | None = None
) -> Review:
    """Check the resources of a stack against all rules.

    Args:
        subjects: The resources.
        config: Environment and exceptions. Default: prod, without exceptions.
        today: The date that exceptions expire by. Default: today in UTC.

    Example:
        >>> review([Subject("urn", "kubernetes:core/v1:Service", "s", {"spec": {"type": "NodePort"}})]).errors[0].rule
        'no-node-port'
    """
    everything = tuple(subjects)
    settings = config or PolicyConfig()
    day = today or datetime.datetime.now(datetime.UTC).date()
    environment = settings.environment
    by_id = {rule.id: rule for rule in RULES}
    exemptions, wrong = exceptions.read_exceptions(everything, settings, list(by_id))
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
