"""What IAM and SQS refuse of a policy document, in the simulated cloud."""

import json
from typing import Any

import pytest

from gpuplane.simulation.cloud import CloudRefusal, SimulatedCloud

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::models/*"}
SEND = {
    "Effect": "Allow",
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "*",
}
ROLE, MANAGED, QUEUE = "aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy", "aws:sqs/queuePolicy:QueuePolicy"


def said(token: str, policy: str) -> list[str]:
    whose = {ROLE: {"role": "it"}, QUEUE: {"queueUrl": "https://sqs.us-east-1.amazonaws.com/1/q"}}
    try:
        SimulatedCloud("127.0.0.1:6443", "Q0E=").create(token, "it", {**whose.get(token, {}), "policy": policy})
    except CloudRefusal as refusal:
        return [str(problem) for problem in refusal.problems]
    return []


def document(*statements: Any, **changes: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **changes})


@pytest.mark.parametrize(
    ("token", "policy"),
    [
        (ROLE, document(READ)),
        (ROLE, document(Statement=READ)),
        (ROLE, document({**READ, "Condition": {"ForAllValues:StringEqualsIfExists": {"aws:TagKeys": ["a"]}}})),
        (ROLE, document({"Sid": "all", "Effect": "Deny", "NotAction": ["*"], "NotResource": "*"})),
        (MANAGED, document(READ)),
        (QUEUE, document(SEND)),
    ],
)
def test_a_policy_by_the_grammar_is_taken(token: str, policy: str) -> None:
    assert said(token, policy) == []


@pytest.mark.parametrize(
    ("token", "policy", "message"),
    [
        (ROLE, "{", "must be JSON, Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (ROLE, "[]", "must be an object"),
        (ROLE, document(READ, Version="2026-01-01"), "Version: must be '2012-10-17', got '2026-01-01'"),
        (ROLE, document(), "Statement: required, got nothing"),
        (ROLE, document("all"), "Statement[0]: must be an object"),
        (
            ROLE,
            document({**READ, "Actions": []}),
            "Statement[0]: unknown key, got 'Actions', nearest: Action, NotAction, Condition",
        ),
        (ROLE, document({**READ, "Effect": "allow"}), "Statement[0].Effect: must be 'Allow' or 'Deny', got 'allow'"),
        (
            ROLE,
            document({**READ, "Action": "GetObject"}),
            "Statement[0].Action: must be a service and an action such as 'sqs:SendMessage', got 'GetObject'",
        ),
        (ROLE, document({**READ, "Resource": "models"}), "Statement[0].Resource: must be '*' or an ARN, got 'models'"),
        (
            ROLE,
            document({**READ, "Condition": {"StringIs": {}}}),
            "Statement[0].Condition: unknown operator, got 'StringIs'",
        ),
        (ROLE, document(SEND), "Statement[0].Principal: must be left out of a role's policy"),
        (QUEUE, document(READ), "Statement[0].Principal: required, got nothing"),
        (
            ROLE,
            document({key: READ[key] for key in ("Effect", "Action")}),
            "Statement[0].Resource: required, got nothing",
        ),
    ],
)
def test_a_policy_against_the_grammar_is_refused(token: str, policy: str, message: str) -> None:
    assert said(token, policy) == [f"policy: MalformedPolicyDocument: {message}"]


@pytest.mark.parametrize(("token", "most"), [(ROLE, 10_240), (MANAGED, 6_144)])
def test_a_policy_has_as_many_characters_as_iam_takes_white_space_aside(token: str, most: int) -> None:
    own = len(document({**READ, "Sid": ""}).replace(" ", ""))
    assert said(token, document({**READ, "Sid": "x" * (most - own)})) == []
    assert said(token, document({**READ, "Sid": "x" * (most - own + 1)})) == [
        f"policy: LimitExceeded: must be at most {most} characters without white space, got {most + 1}"
    ]
