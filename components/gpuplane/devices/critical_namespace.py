"""The namespace of what runs on every GPU node: privileged, and open to pods that a node cannot do without."""

from collections.abc import Iterable
from typing import Any

from gpuplane.arguments.errors import Problem

SHARED_NAMESPACES = ("default", "kube-system", "kube-public")
PRIORITY_CLASS = "system-node-critical"


def own_namespace_problems(namespace: str) -> Iterable[Problem]:
    """A namespace of its own: making one that is there already fails, and its pods would become privileged."""
    if namespace in SHARED_NAMESPACES:
        yield Problem("namespace", f"must be one of its own, which this makes, got {namespace!r}")


def namespace_inputs(namespace: str) -> dict[str, Any]:
    """The namespace; its pods mount the host's files, which only the `privileged` pod security level allows."""
    levels = {f"pod-security.kubernetes.io/{mode}": "privileged" for mode in ("enforce", "warn", "audit")}
    return {"metadata": {"name": namespace, "labels": levels}}


def quota_inputs(namespace: str) -> dict[str, Any]:
    """A quota that lets node-critical pods in: GKE admits them outside kube-system only where one is.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/gpus-operator
    """
    return {
        "metadata": {"name": "node-critical", "namespace": namespace},
        "spec": {
            "hard": {"pods": "10000"},
            "scopeSelector": {
                "matchExpressions": [{"operator": "In", "scopeName": "PriorityClass", "values": [PRIORITY_CLASS]}]
            },
        },
    }
