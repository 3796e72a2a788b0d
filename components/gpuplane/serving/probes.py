"""Three probes from one load budget."""

from typing import Any

from gpuplane.serving.parts import Probes

PERIOD_SECONDS = 10


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
