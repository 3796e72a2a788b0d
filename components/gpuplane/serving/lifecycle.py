"""Termination of a replica: traffic stops first, then it finishes its requests."""

from typing import Any

# Endpoints, gateways and load balancers learn of a termination after the pod does: requests still arrive meanwhile.
PRE_STOP_SECONDS = 10

# Time a server needs to shut down after its last response.
CLOSE_SECONDS = 5


def grace_seconds(longest_request_seconds: int) -> int:
    """Return the termination grace period, which covers late requests and the longest one.

    Example:
        >>> grace_seconds(30)
        45
    """
    return PRE_STOP_SECONDS + longest_request_seconds + CLOSE_SECONDS


def lifecycle() -> dict[str, Any]:
    """Return the container's lifecycle, whose preStop hook keeps it serving before SIGTERM."""
    return {"preStop": {"sleep": {"seconds": PRE_STOP_SECONDS}}}
