"""The rule of node-critical components: each has a namespace of its own."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem

SHARED_NAMESPACES = ("default", "kube-system", "kube-public")


def own_namespace_problems(namespace: str) -> Iterable[Problem]:
    """Refuse a shared namespace: creating an existing one fails, and its other pods would become privileged."""
    if namespace in SHARED_NAMESPACES:
        yield Problem("namespace", f"must be one of its own, which this makes, got {namespace!r}")
