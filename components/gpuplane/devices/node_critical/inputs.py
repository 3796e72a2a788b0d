"""The inputs of a node-critical component: its namespace, the quota of that, and DaemonSets."""

from collections.abc import Iterable, Mapping
from typing import Any

from gpuplane.nodepools.facts import TOLERATE_ALL

PRIORITY_CLASS = "system-node-critical"
DEVICE_PLUGINS_FOLDER = "/var/lib/kubelet/device-plugins"

UNPRIVILEGED: Mapping[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}
"""The security context of a container that needs no more than its own files."""

_NONE: Mapping[str, str] = {}
_NODE_BY_NODE: Mapping[str, Any] = {"type": "RollingUpdate"}


def namespace_inputs(namespace: str) -> dict[str, Any]:
    """Return the namespace; its pods mount the host's files, which only the `privileged` pod security level allows."""
    levels = {f"pod-security.kubernetes.io/{mode}": "privileged" for mode in ("enforce", "warn", "audit")}
    return {"metadata": {"name": namespace, "labels": levels}}


def quota_inputs(namespace: str) -> dict[str, Any]:
    """Return a quota that admits node-critical pods, which GKE requires outside kube-system.

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


def critical_daemonset(
    name: str,
    namespace: str,
    pod: Mapping[str, Any],
    labels: Mapping[str, str] = _NONE,
    update: Mapping[str, Any] = _NODE_BY_NODE,
) -> dict[str, Any]:
    """Return a DaemonSet of node-critical pods, which tolerate every taint.

    Args:
        name: Its name, which its pods are selected by.
        namespace: Its namespace.
        pod: The spec of its pods, without their priority and tolerations.
        labels: Labels of the DaemonSet and its pods beside the name.
        update: Its update strategy. By default its pods are replaced node by node.
    """
    every_node = {"priorityClassName": PRIORITY_CLASS, "tolerations": [TOLERATE_ALL]}
    selector = {"app.kubernetes.io/name": name}
    every = {**selector, **labels}
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": every},
        "spec": {
            "selector": {"matchLabels": selector},
            "updateStrategy": dict(update),
            "template": {"metadata": {"labels": every}, "spec": {**every_node, **pod}},
        },
    }


def environment(variables: Mapping[str, str], names: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return a container's environment: plain variables, after those that hold the name of the node.

    Args:
        variables: The plain variables.
        names: Names of the variables with the node's name.

    Example:
        >>> environment({"DEBUG": "true"})
        [{'name': 'DEBUG', 'value': 'true'}]
    """
    node_name = {"fieldRef": {"fieldPath": "spec.nodeName"}}
    return [
        *({"name": name, "valueFrom": node_name} for name in names),
        *({"name": name, "value": value} for name, value in variables.items()),
    ]
