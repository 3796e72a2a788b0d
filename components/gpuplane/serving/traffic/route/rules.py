"""Rules of a route and of its backends."""

import re
from collections.abc import Iterator, Mapping

from gpuplane.arguments.errors import Problem
from gpuplane.serving.traffic.route.fields import Backend, RouteFields

_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})+")
_PATH = re.compile(r"/|(/[A-Za-z0-9\-._~!$&'()*+,;=:@%]+)+/?")
_REWRITE = re.compile(r"/|(/[A-Za-z0-9\-._~]+)+/?")


def route_problems(route: RouteFields) -> Iterator[Problem]:
    """Require host names that DNS allows and paths that HTTP allows."""
    if not route.hosts:
        yield Problem("hosts", "must have a host, got none, such as hosts: [api.ml.example.com]")
    for index, host in enumerate(route.hosts):
        if not _HOST.fullmatch(host) or len(host) > 253:
            yield Problem(f"hosts[{index}]", f"must be a DNS name in lower case, got {host!r}")
    if not _PATH.fullmatch(route.path):
        yield Problem("path", f"must begin with / and have no empty part, got {route.path!r}")
    if route.rewrite is not None and not _REWRITE.fullmatch(route.rewrite):
        yield Problem("rewrite", f"must begin with / and have no empty part, got {route.rewrite!r}")
    if not 1 <= route.timeout_seconds <= 86400:
        yield Problem("timeout_seconds", f"must be from 1 to 86400, got {route.timeout_seconds}")


def cookie_problems(backends: Mapping[str, Backend]) -> Iterator[Problem]:
    """Refuse cookies, which Gateway API cannot match."""
    for name, backend in backends.items():
        if backend.cookie is not None:
            yield Problem(
                f"backends.{name}.cookie",
                "must be left out on a ModelRoute: Gateway API cannot match cookies, fix: headers",
            )
