"""What a stack's config says of its policy."""

import datetime
from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem, unknown
from gpuplane.arguments.paths import within
from gpuplane.policy.model import Environment
from gpuplane.policy.rules import RULES


class PolicyException(Args):
    """One object that one rule does not hold for, until a day."""

    rule: str
    """Id of the rule, such as `image-digest`."""

    object: str
    """The object as findings name it, such as `Deployment ml-prod/resnet50`."""

    reason: str
    """Why, for whoever reads it after you."""

    until: datetime.date
    """The last day it holds, such as `"2026-12-31"`; after it the rule holds again, and the exception is a finding."""

    def own_problems(self) -> Iterable[Problem]:
        """A rule there is, and a reason."""
        known = [rule.id for rule in RULES]
        if self.rule not in known:
            yield Problem("rule", unknown("rule", self.rule, known))
        if not self.reason.strip():
            yield Problem("reason", "must say why, got nothing")


class PolicyConfig(Args):
    """How strictly the stack is held to the rules, and what is excepted."""

    environment: Environment = Environment.PROD
    """`dev`, `staging` or `prod`: decides how severe a finding is. By default the strictest, `prod`."""

    exceptions: dict[str, PolicyException] = {}
    """Exceptions, by a name of your own."""

    def own_problems(self) -> Iterable[Problem]:
        """Each exception's own."""
        for name, exception in self.exceptions.items():
            yield from within(f"exceptions.{name}", exception.problems())
