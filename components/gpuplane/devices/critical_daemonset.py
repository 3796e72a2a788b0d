"""What runs on every GPU node: pods that a node cannot do without."""

from collections.abc import Mapping
from typing import Any

from gpuplane.devices.critical_namespace import PRIORITY_CLASS

_NONE: Mapping[str, str] = {}
_NODE_BY_NODE: Mapping[str, Any] = {"type": "RollingUpdate"}


def critical_daemonset(
    name: str,
    namespace: str,
    pod: Mapping[str, Any],
    labels: Mapping[str, str] = _NONE,
    update: Mapping[str, Any] = _NODE_BY_NODE,
) -> dict[str, Any]:
    """A DaemonSet of node-critical pods.

    Args:
        name: Its name, which its pods are selected by.
        namespace: Its namespace.
        pod: The spec of its pods, but for their priority.
        labels: Labels of the DaemonSet and its pods beside the name.
        update: Its update strategy. By default its pods are replaced node by node.
    """
    selector = {"app.kubernetes.io/name": name}
    every = {**selector, **labels}
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": every},
        "spec": {
            "selector": {"matchLabels": selector},
            "updateStrategy": dict(update),
            "template": {"metadata": {"labels": every}, "spec": {"priorityClassName": PRIORITY_CLASS, **pod}},
        },
    }
