"""The `policy` section of a stack's config."""

import datetime
from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem, unknown
from gpuplane.policy.model import Environment
from gpuplane.policy.rules import RULES


class PolicyException(Args):
    """An exception: one object from one rule, until a date."""

    rule: str
    """Id of the rule, such as `image-digest`."""

    object: str
    """The object, spelled as in findings, such as `Deployment ml-prod/resnet50`."""

    reason: str
    """Why there is an exception."""

    until: datetime.date
    """The last day of the exception, such as `"2026-12-31"`. After it the rule applies again, and the exception
    is a finding itself."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield an unknown rule and a missing reason."""
        known = [rule.id for rule in RULES]
        if self.rule not in known:
            yield Problem("rule", unknown("rule", self.rule, known))
        if not self.reason.strip():
            yield Problem("reason", "required, got nothing")


class PolicyConfig(Args):
    """How severe findings are, and exceptions."""

    environment: Environment = Environment.PROD
    """`dev`, `staging` or `prod`, which decides how severe a finding is. Default: `prod`, the strictest."""

    exceptions: dict[str, PolicyException] = {}
    """Exceptions by name."""
