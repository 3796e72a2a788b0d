"""How a replica ends: traffic goes away first, then it finishes what it has."""

from typing import Any

# Endpoints, gateways and load balancers learn later than the pod that it has to go: requests still come for a moment.
PRE_STOP_SECONDS = 10

# What a server needs to close down when its last request is answered.
CLOSE_SECONDS = 5


def grace_seconds(longest_request_seconds: int) -> int:
    """How long a replica may take to go: until nobody sends it more, and its longest request is answered.

    Example:
        >>> grace_seconds(30)
        45
    """
    return PRE_STOP_SECONDS + longest_request_seconds + CLOSE_SECONDS


def lifecycle() -> dict[str, Any]:
    """The container's lifecycle: it goes on serving for a moment before it is told to stop."""
    return {"preStop": {"sleep": {"seconds": PRE_STOP_SECONDS}}}
