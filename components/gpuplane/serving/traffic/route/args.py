"""Hosts, path, timeout and backends of a route, however it is exposed."""

import re
from collections.abc import Iterable, Mapping

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.arguments.paths import within
from gpuplane.serving.variants.args import Share, share_problems

_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})+")
_PATH = re.compile(r"/|(/[A-Za-z0-9\-._~!$&'()*+,;=:@%]+)+/?")
_REWRITE = re.compile(r"/|(/[A-Za-z0-9\-._~]+)+/?")


class RouteShape(Args):
    """Host names, path and timeout of a model, however it is exposed."""

    hosts: list[str]
    """Host names it answers to, such as `api.ml.example.com`; `*.` in front stands for any one label."""

    path: str = "/"
    """The path below which requests are its own; the longest path of a host wins. By default all."""

    rewrite: str | None = None
    """What the server sees instead of `path`. By default the path as it came."""

    timeout_seconds: int = 120
    """The longest a request may take until its answer is whole. The source documents' number; a long generation
    needs more."""

    def own_problems(self) -> Iterable[Problem]:
        """Names that DNS and paths that HTTP allow."""
        if not self.hosts:
            yield Problem("hosts", "must have a host, got none, such as hosts: [api.ml.example.com]")
        for index, host in enumerate(self.hosts):
            if not _HOST.fullmatch(host) or len(host) > 253:
                yield Problem(f"hosts[{index}]", f"must be a DNS name in lower case, got {host!r}")
        if not _PATH.fullmatch(self.path):
            yield Problem("path", f"must begin with / and have no empty part, got {self.path!r}")
        if self.rewrite is not None and not _REWRITE.fullmatch(self.rewrite):
            yield Problem("rewrite", f"must begin with / and have no empty part, got {self.rewrite!r}")
        if not 1 <= self.timeout_seconds <= 86400:
            yield Problem("timeout_seconds", f"must be from 1 to 86400, got {self.timeout_seconds}")


class Backend(Share):
    """One server behind a route, with its share of the requests."""

    service: Input[str]
    """Name of its Service; it is reached on port 80."""

    health_path: str = "/health/ready"
    """Where a load balancer that reaches the pods itself asks whether they can serve."""

    port: int = 8000
    """Where the pods listen."""

    grace_seconds: int = 60
    """How long requests may still finish at a pod that has to go."""


def backend_problems(backends: Mapping[str, Backend]) -> Iterable[Problem]:
    """Each backend's own, then what they say of each other."""
    for name, backend in backends.items():
        yield from within(f"backends.{name}", backend.problems())
    yield from within("backends", share_problems(backends))
