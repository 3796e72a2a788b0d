"""Three probes from one load budget."""

from collections.abc import Iterable
from typing import Any

from gpuplane.args import Args
from gpuplane.errors import Problem

PERIOD_SECONDS = 10


class Probes(Args):
    """The paths that say how the server is, and how long it may take to load its model."""

    liveness_path: str = "/health"
    """Answers while the process works, from the moment it listens."""

    readiness_path: str = "/health/ready"
    """Answers 200 when the model is loaded, 503 before."""

    load_seconds: int = 300
    """The longest a replica may take from its start to the end of loading. The startup probe waits that long, and so
    do rollouts and `pulumi up`."""

    def problems(self) -> Iterable[Problem]:
        """A budget that one probe fits in."""
        if self.load_seconds < 10:
            yield Problem("load_seconds", f"must be at least 10, got {self.load_seconds}")


def probes(args: Probes) -> dict[str, Any]:
    """The startup, liveness and readiness probes of a server.

    The startup probe holds the other two back until the process answers, for as long as the load budget allows;
    after that a server that hangs is restarted within 45 seconds and one that cannot serve loses its traffic
    within 50. The numbers are the source documents' own.

    Example:
        >>> probes(Probes(load_seconds=300))["startupProbe"]["failureThreshold"]
        30
    """
    return {
        "startupProbe": {
            **_get(args.liveness_path),
            "periodSeconds": PERIOD_SECONDS,
            "timeoutSeconds": 5,
            "failureThreshold": -(-args.load_seconds // PERIOD_SECONDS),
        },
        "livenessProbe": {
            **_get(args.liveness_path),
            "periodSeconds": 15,
            "timeoutSeconds": 5,
            "failureThreshold": 3,
        },
        "readinessProbe": {
            **_get(args.readiness_path),
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": 5,
        },
    }


def _get(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": "http"}}
