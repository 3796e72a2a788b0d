"""The interruption queue of Karpenter, and the events that are sent to it.

Source: https://karpenter.sh/v1.14/reference/cloudformation/#interruption-handling
"""

import json
from collections.abc import Mapping
from typing import Any

RETENTION_SECONDS = 300

# Source and kind of the events, by what their rules' names end in.
EVENTS: Mapping[str, tuple[str, str]] = {
    "health": ("aws.health", "AWS Health Event"),
    "spot": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "state": ("aws.ec2", "EC2 Instance State-change Notification"),
    "reservation": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
}


def queue_inputs() -> dict[str, Any]:
    """Return the queue: encrypted, with a retention as long as its messages are of use."""
    return {"messageRetentionSeconds": RETENTION_SECONDS, "sqsManagedSseEnabled": True}


def rule_inputs(event: str) -> dict[str, Any]:
    """Return the rule that selects one kind of event."""
    source, kind = EVENTS[event]
    return {"description": f"{kind}, for Karpenter", "eventPattern": _pattern(source, kind)}


def queue_policy(queue_arn: str) -> str:
    """Return the policy of the queue: rules of its account and region may send to it, with TLS only.

    Without the condition on the rule any account could announce interruptions. Source:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions

    Example:
        >>> '"arn:aws:events:us-east-1:123456789012:rule/*"' in queue_policy("arn:aws:sqs:us-east-1:123456789012:q")
        True
    """
    _, partition, _, region, account, _ = queue_arn.split(":")
    rules = f"arn:{partition}:events:{region}:{account}:rule/*"
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": queue_arn,
                    "Condition": {"ArnLike": {"aws:SourceArn": rules}},
                },
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "sqs:*",
                    "Resource": queue_arn,
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        }
    )


def _pattern(source: str, kind: str) -> str:
    return json.dumps({"source": [source], "detail-type": [kind]})
