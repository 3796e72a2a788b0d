"""The rules as a CrossGuard policy pack, which the Pulumi engine runs during preview and up.

Needs the extra `policy`. Creating a `PolicyPack` starts a server and does not return, so the pack's
`__main__.py` does that.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import pulumi_policy as crossguard
from pulumi_policy.proxy import UnknownValueError

from gpuplane.policy.args import PolicyConfig
from gpuplane.policy.model import Environment, Rule, Severity
from gpuplane.policy.review import review
from gpuplane.policy.rules import RULES
from gpuplane.policy.stack import policy_config
from gpuplane.policy.subjects.subject import UNKNOWN, Subject

EXCEPTIONS = "exceptions"


class Pack:
    """One policy per rule, mandatory where the rule is an error in the stack's environment, and one for exceptions.

    A rule over one object runs before that object is created, a rule over several once all are registered. Both check
    the program's inputs: outputs are unknown in a preview of a cluster that does not exist yet.

    Args:
        config: The stack's policy until `configure` is called. Default: the strictest.

    Attributes:
        policies: The policies of a `PolicyPack`.
    """

    def __init__(self, config: PolicyConfig | None = None) -> None:
        self._config = config or PolicyConfig()
        self._asked_for: dict[str, Subject] = {}
        self._of_rules = {rule.id: self._policy(rule) for rule in RULES}
        self.policies = [*self._of_rules.values(), self._exceptions()]

    def listen(self) -> None:
        """Call `configure` when the engine names its stack, which the SDK does not pass on.

        Source: `ConfigureStack` in https://github.com/pulumi/pulumi/blob/master/proto/pulumi/analyzer.proto
        """
        servicer: Any = getattr(crossguard.policy, "_PolicyAnalyzerServicer")  # noqa: B009
        original = servicer.ConfigureStack

        def configure(of_sdk: Any, request: Any, context: Any) -> Any:
            self.configure(request.project, request.stack, request.config)
            return original(of_sdk, request, context)

        servicer.ConfigureStack = configure

    def configure(self, project: str, stack: str, config: Mapping[str, str]) -> None:
        """Apply the policy in a stack's config.

        Args:
            project: Name of the project.
            stack: Name of the stack.
            config: Config values as text, by key with namespace.

        Raises:
            InvalidArgumentsError: The `policy` section is wrong.
        """
        self._config = policy_config(project, stack, config)
        for rule in RULES:
            self._of_rules[rule.id].enforcement_level = _level(rule, self._config.environment)

    def _policy(self, rule: Rule) -> Any:
        kind = crossguard.ResourceValidationPolicy if rule.check else crossguard.StackValidationPolicy
        return kind(
            name=rule.id,
            description=rule.reason,
            remediation_steps=rule.fix,
            enforcement_level=_level(rule, self._config.environment),
            validate=self._of_object(rule) if rule.check else self._of_stack(rule),
        )

    def _of_object(self, rule: Rule) -> Callable[[Any, Any], None]:
        def validate(args: Any, report: Any) -> None:
            subject = self._asked_for[args.urn] = subject_of(args)
            for finding in review([subject], self._config).findings:
                if finding.rule == rule.id:
                    report(str(finding))

        return validate

    def _of_stack(self, rule: Rule) -> Callable[[Any, Any], None]:
        def validate(args: Any, report: Any) -> None:
            for finding in review(self._subjects(args), self._config).findings:
                if finding.rule == rule.id:
                    report(str(finding), finding.urn)

        return validate

    def _exceptions(self) -> Any:
        known = {rule.id for rule in RULES}

        def validate(args: Any, report: Any) -> None:
            for finding in review(self._subjects(args), self._config).findings:
                if finding.rule not in known and finding.severity is not Severity.ADVICE:
                    report(str(finding), finding.urn or None)

        return crossguard.StackValidationPolicy(
            name=EXCEPTIONS,
            description="exceptions are readable, in use and not expired",
            enforcement_level=crossguard.EnforcementLevel.MANDATORY,
            validate=validate,
        )

    def _subjects(self, args: Any) -> Iterable[Subject]:
        resources = [one for one in args.resources if not one.resource_type.startswith("pulumi:")]
        return [self._asked_for.get(one.urn) or subject_of(one) for one in resources]


def _level(rule: Rule, environment: Environment) -> crossguard.EnforcementLevel:
    is_error = rule.levels[environment] is Severity.ERROR
    return crossguard.EnforcementLevel.MANDATORY if is_error else crossguard.EnforcementLevel.ADVISORY


def subject_of(resource: Any) -> Subject:
    """Return the subject of a resource that the engine passes to a policy.

    Args:
        resource: `ResourceValidationArgs` or `PolicyResource`.
    """
    provider = resource.provider
    return Subject(
        urn=resource.urn,
        type=resource.resource_type,
        name=resource.name,
        body=plain(resource.props),
        # The engine names default providers `default`, followed by their version.
        has_provider=provider is None or not provider.name.startswith("default"),
    )


def plain(value: Any) -> Any:
    """Remove CrossGuard's wrappers from a value; what is not known yet becomes `UNKNOWN`."""
    if isinstance(value, Mapping):
        known = cast(Mapping[str, Any], value)
        return {key: _got(known, key) for key in known}
    if not isinstance(value, str) and hasattr(value, "__len__") and hasattr(value, "__getitem__"):
        return [_got(value, index) for index in range(len(value))]
    # Numbers come from the engine as floats.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _got(container: Any, key: Any) -> Any:
    try:
        return plain(container[key])
    except UnknownValueError:
        return UNKNOWN
