"""The rules as policies of a CrossGuard pack, which the Pulumi engine runs in preview and up.

Needs the extra `policy`. Building a `PolicyPack` starts a server and never returns, so that is left to the pack's own
`__main__.py`; everything else is here and can be tested.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

import pulumi_policy as crossguard
from pulumi_policy.proxy import UnknownValueError

from gpuplane.policy.args import PolicyConfig
from gpuplane.policy.model import Environment, Rule, Severity
from gpuplane.policy.review import review
from gpuplane.policy.rules import RULES
from gpuplane.policy.stack import policy_config
from gpuplane.policy.subjects import UNKNOWN, Subject

EXCEPTIONS = "exceptions"


def stack_policy_config(environment: Mapping[str, str]) -> PolicyConfig:
    """What the stack under review says of its policy, from the variables that the engine starts a pack with.

    Args:
        environment: The process's environment variables; without the engine's, the strictest config.

    Raises:
        InvalidArgumentsError: The stack's `policy` is wrong.
    """
    config: dict[str, str] = json.loads(environment.get("PULUMI_CONFIG", "{}"))
    return policy_config(environment.get("PULUMI_PROJECT", ""), environment.get("PULUMI_STACK", ""), config)


def pack_policies(config: PolicyConfig) -> list[Any]:
    """One policy a rule, mandatory where the rule is an error in the stack's environment; and one for exceptions.

    A rule over one object runs before that object is made, one over several when all are registered.
    """
    return [
        *(_object_policy(rule, config) if rule.check else _stack_policy(rule, config) for rule in RULES),
        _exceptions_policy(config),
    ]


def _object_policy(rule: Rule, config: PolicyConfig) -> Any:
    def validate(args: Any, report: Any) -> None:
        for finding in review([subject_of(args)], config).findings:
            if finding.rule == rule.id:
                report(str(finding))

    return crossguard.ResourceValidationPolicy(validate=validate, **_described(rule, config.environment))


def _stack_policy(rule: Rule, config: PolicyConfig) -> Any:
    def validate(args: Any, report: Any) -> None:
        for finding in review(_subjects(args), config).findings:
            if finding.rule == rule.id:
                report(str(finding), finding.urn)

    return crossguard.StackValidationPolicy(validate=validate, **_described(rule, config.environment))


def _exceptions_policy(config: PolicyConfig) -> Any:
    known = {rule.id for rule in RULES}

    def validate(args: Any, report: Any) -> None:
        for finding in review(_subjects(args), config).findings:
            if finding.rule not in known and finding.severity is not Severity.ADVICE:
                report(str(finding), finding.urn or None)

    return crossguard.StackValidationPolicy(
        name=EXCEPTIONS,
        description="an exception ends on its day",
        enforcement_level=crossguard.EnforcementLevel.MANDATORY,
        validate=validate,
    )


def _described(rule: Rule, environment: Environment) -> dict[str, Any]:
    is_error = rule.levels[environment] is Severity.ERROR
    levels = crossguard.EnforcementLevel
    return {
        "name": rule.id,
        "description": rule.reason,
        "remediation_steps": rule.fix,
        "enforcement_level": levels.MANDATORY if is_error else levels.ADVISORY,
    }


def subject_of(resource: Any) -> Subject:
    """What the rules look at, of a resource as the engine shows it to a policy.

    Args:
        resource: `ResourceValidationArgs` or `PolicyResource`.
    """
    provider = resource.provider
    return Subject(
        urn=resource.urn,
        type=resource.resource_type,
        name=resource.name,
        body=plain(resource.props),
        # The engine names the providers that it makes by itself `default`, with their version.
        has_provider=provider is None or not provider.name.startswith("default"),
    )


def _subjects(args: Any) -> Iterable[Subject]:
    return [subject_of(one) for one in args.resources if not one.resource_type.startswith("pulumi:")]


def plain(value: Any) -> Any:
    """A value without CrossGuard's wrappers: what is not known yet is `UNKNOWN`."""
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
