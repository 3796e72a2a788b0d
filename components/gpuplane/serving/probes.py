"""Startup, liveness and readiness probes, from one load budget."""

from collections.abc import Iterable
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.serving.runtimes.catalogue import Runtime

PERIOD_SECONDS = 10


class Probes(Args):
    """Paths of the probes, and the time a replica has to load its model."""

    liveness_path: str | None = None
    """Path that answers 200 while the process works. Default: the runtime's."""

    readiness_path: str | None = None
    """Path that answers 200 once the model is loaded, 503 before. Default: the runtime's."""

    load_seconds: int = 300
    """Longest time from a replica's start until its model is loaded: the budget of the startup probe, of rollouts and
    of `pulumi up`."""

    def own_problems(self) -> Iterable[Problem]:
        """Require absolute paths, and a budget of at least one probe."""
        if self.load_seconds < 10:
            yield Problem("load_seconds", f"must be at least 10, got {self.load_seconds}")
        for path, said in (("liveness_path", self.liveness_path), ("readiness_path", self.readiness_path)):
            if said is not None and not said.startswith("/"):
                yield Problem(path, f"must begin with /, got {said!r}")


def probes(args: Probes, runtime: Runtime) -> dict[str, Any]:
    """Return the startup, liveness and readiness probes of a server.

    The startup probe delays the other two until the process answers, at most for the load budget. After that, a server
    that hangs is restarted within 45 seconds, and one that cannot serve loses its traffic within 50.

    Example:
        >>> from gpuplane.serving.runtimes.catalogue import RuntimeName, runtime
        >>> probes(Probes(load_seconds=300), runtime(RuntimeName.VLLM))["startupProbe"]["failureThreshold"]
        30
    """
    alive = args.liveness_path or runtime.liveness_path
    ready = args.readiness_path or runtime.readiness_path
    return {
        "startupProbe": {
            **_get(alive),
            "periodSeconds": PERIOD_SECONDS,
            "timeoutSeconds": 5,
            "failureThreshold": -(-args.load_seconds // PERIOD_SECONDS),
        },
        "livenessProbe": {
            **_get(alive),
            "periodSeconds": 15,
            "timeoutSeconds": 5,
            "failureThreshold": 3,
        },
        "readinessProbe": {
            **_get(ready),
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": 5,
        },
    }


def _get(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": "http"}}
