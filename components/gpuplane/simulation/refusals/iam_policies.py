"""Rules of IAM and SQS for policy documents: grammar and size.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from gpuplane.arguments.errors import Problem, unknown
from gpuplane.simulation.request import Request

# In characters without white space.
_LIMITS = {"aws:iam/policy:Policy": 6_144, "aws:iam/rolePolicy:RolePolicy": 10_240}

_VERSIONS = ("2012-10-17", "2008-10-17")
_OF_STATEMENT = (
    "Action",
    "Condition",
    "Effect",
    "NotAction",
    "NotPrincipal",
    "NotResource",
    "Principal",
    "Resource",
    "Sid",
)
_ACTION = re.compile(r"\*|[a-z0-9-]+:[\w*?]+", re.ASCII)
_OPERATOR = re.compile(
    r"Null|(For(AllValues|AnyValue):)?"
    r"(String(Not)?(Equals(IgnoreCase)?|Like)|(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)|Bool|BinaryEquals"
    r"|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?"
)

Object = Mapping[str, Any]

_NO_OBJECT = "must be an object"


def of_identity(request: Request) -> Iterator[Problem]:
    """Check an identity-based policy, which has no principal."""
    yield from _problems(request, has_principal=False)


def of_resource(request: Request) -> Iterator[Problem]:
    """Check a resource-based policy, which has a principal."""
    yield from _problems(request, has_principal=True)


def _problems(request: Request, has_principal: bool) -> Iterator[Problem]:
    text = request.get("policy")
    if not isinstance(text, str):
        return
    try:
        document: Any = json.loads(text)
    except ValueError as error:
        yield Problem("policy", f"MalformedPolicyDocument: must be JSON, {error}")
        return
    said = _document(cast(Object, document), has_principal) if isinstance(document, Mapping) else [_NO_OBJECT]
    yield from (Problem("policy", f"MalformedPolicyDocument: {message}") for message in said)
    size, most = len(re.sub(r"\s", "", text)), _LIMITS.get(request.token)
    if most and size > most:
        yield Problem("policy", f"LimitExceeded: must be at most {most} characters without white space, got {size}")


def _document(document: Object, has_principal: bool) -> Iterator[str]:
    if document.get("Version", _VERSIONS[-1]) not in _VERSIONS:
        yield f"Version: must be {_VERSIONS[0]!r}, got {document['Version']!r}"
    statements = _listed(document.get("Statement"))
    if not statements:
        yield "Statement: required, got nothing"
    for index, statement in enumerate(statements):
        is_object = isinstance(statement, Mapping)
        said = _statement(cast(Object, statement), has_principal) if is_object else [f": {_NO_OBJECT}"]
        yield from (f"Statement[{index}]{message}" for message in said)


def _statement(statement: Object, has_principal: bool) -> Iterator[str]:
    for key in statement:
        if key not in _OF_STATEMENT:
            yield f": {unknown('key', key, _OF_STATEMENT)}"
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield f".Effect: must be 'Allow' or 'Deny', got {statement.get('Effect')!r}"
    wanted = ("Action", "Resource", *(("Principal",) if has_principal else ()))
    for key in wanted:
        if key not in statement and f"Not{key}" not in statement:
            yield f".{key}: required, got nothing"
    if not has_principal and ({"Principal", "NotPrincipal"} & {*statement}):
        yield ".Principal: must be left out of a role's policy"
    for action in [*_listed(statement.get("Action")), *_listed(statement.get("NotAction"))]:
        if not _ACTION.fullmatch(str(action)):
            yield f".Action: must be a service and an action such as 'sqs:SendMessage', got {action!r}"
    for resource in [*_listed(statement.get("Resource")), *_listed(statement.get("NotResource"))]:
        if resource != "*" and not str(resource).startswith("arn:"):
            yield f".Resource: must be '*' or an ARN, got {resource!r}"
    for operator in cast(Object, statement.get("Condition", {})):
        if not _OPERATOR.fullmatch(operator):
            yield f".Condition: unknown operator, got {operator!r}"


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return cast(list[Any], value) if isinstance(value, list) else [value]
