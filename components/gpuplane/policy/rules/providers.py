"""Explicit providers."""

from collections.abc import Iterator

from gpuplane.policy.model import ALWAYS, Rule, Violation
from gpuplane.policy.subjects.subject import Subject


def _explicit(subject: Subject) -> Iterator[Violation]:
    if not subject.has_provider:
        package = subject.type.partition(":")[0]
        yield Violation(subject, "", f"must have an explicit {package} provider, got the default one")


RULES = (
    Rule(
        id="explicit-provider",
        reason="a default provider uses whatever cluster or account the shell is configured for",
        fix="set opts.provider, or a parent that has one, and pulumi:disable-default-providers in the stack's config",
        levels=ALWAYS,
        check=_explicit,
    ),
)
