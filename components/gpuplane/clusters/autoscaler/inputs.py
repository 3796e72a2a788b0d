"""The inputs of the cluster autoscaler's Kubernetes objects."""

from collections.abc import Iterable
from typing import Any

from gpuplane.clusters.autoscaler.permissions import ENABLED_TAG, cluster_tag

NAME = "cluster-autoscaler"
NAMESPACE = "kube-system"
METADATA = {"name": NAME, "namespace": NAMESPACE, "labels": {"app.kubernetes.io/name": NAME}}

_LOOK = ("get", "list", "watch")
_METRICS_PORT = 8085
_USER = 65534
_HEALTH = {"httpGet": {"path": "/health-check", "port": "metrics"}, "periodSeconds": 10}

# Group, kinds, verbs and names of what it may do in all namespaces, and in its own. Source:
# https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/examples
_Rule = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]
_EVERYWHERE: tuple[_Rule, ...] = (
    ("", ("events",), ("create", "patch"), ()),
    ("", ("nodes",), (*_LOOK, "update"), ()),
    ("", ("pods/eviction",), ("create",), ()),
    ("", ("pods/status",), ("update",), ()),
    ("", ("namespaces", "pods", "services", "replicationcontrollers"), _LOOK, ()),
    ("", ("persistentvolumeclaims", "persistentvolumes"), _LOOK, ()),
    ("apps", ("daemonsets", "replicasets", "statefulsets"), _LOOK, ()),
    ("batch", ("jobs",), _LOOK, ()),
    ("policy", ("poddisruptionbudgets",), _LOOK, ()),
    ("resource.k8s.io", ("deviceclasses", "resourceslices", "resourceclaims"), _LOOK, ()),
    ("storage.k8s.io", ("storageclasses", "csinodes", "csidrivers", "csistoragecapacities"), _LOOK, ()),
    ("storage.k8s.io", ("volumeattachments",), _LOOK, ()),
)
_AT_HOME: tuple[_Rule, ...] = (
    ("", ("configmaps",), ("create", "list", "watch"), ()),
    ("", ("configmaps",), ("delete", "get", "update"), ("cluster-autoscaler-status",)),
    ("coordination.k8s.io", ("leases",), ("create",), ()),
    ("coordination.k8s.io", ("leases",), ("get", "update"), (NAME,)),
)


def cluster_role_inputs() -> dict[str, Any]:
    """Return the ClusterRole: its rights in all namespaces."""
    return {"metadata": _clusterwide(), "rules": list(_rules(_EVERYWHERE))}


def namespace_role_inputs() -> dict[str, Any]:
    """Return the Role: its rights in its own namespace, to report its status and to elect a leader."""
    return {"metadata": METADATA, "rules": list(_rules(_AT_HOME))}


def binding_inputs(kind: str) -> dict[str, Any]:
    """Return the binding of its `ClusterRole` or its `Role`."""
    return {
        "metadata": _clusterwide() if kind == "ClusterRole" else METADATA,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": NAME},
        "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}],
    }


def command(cluster: str) -> list[str]:
    """Return the program and its flags.

    A GPU node is removed when no pod uses its GPUs: a half-used one stays, since servers load for minutes. What
    pods keep on the node's disk, and system pods, do not block the removal; disruption budgets do.
    """
    return [
        "/cluster-autoscaler",
        "--cloud-provider=aws",
        f"--node-group-auto-discovery=asg:tag={ENABLED_TAG},{cluster_tag(cluster)}",
        "--expander=least-waste",
        "--balance-similar-node-groups",
        "--skip-nodes-with-system-pods=false",
        "--skip-nodes-with-local-storage=false",
        # Not 0: releases before 1.36 would keep a node whose use is not below it.
        "--scale-down-gpu-utilization-threshold=0.001",
    ]


def deployment_inputs(flags: Any, region: str, image: Any) -> dict[str, Any]:
    """Return the Deployment: one replica, which its own scale-down does not evict.

    Args:
        flags: The program and its flags; may be an Output.
        region: The AWS region.
        image: Its image; may be an Output.
    """
    selector = METADATA["labels"]
    return {
        "metadata": METADATA,
        "spec": {
            "selector": {"matchLabels": selector},
            "template": {
                "metadata": {
                    "labels": selector,
                    "annotations": {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"},
                },
                "spec": {
                    "serviceAccountName": NAME,
                    "priorityClassName": "system-cluster-critical",
                    "securityContext": {
                        "runAsNonRoot": True,
                        "runAsUser": _USER,
                        "runAsGroup": _USER,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "containers": [_container(flags, region, image)],
                },
            },
        },
    }


def _container(flags: Any, region: str, image: Any) -> dict[str, Any]:
    return {
        "name": NAME,
        "image": image,
        "command": flags,
        "env": [{"name": "AWS_REGION", "value": region}],
        "ports": [{"name": "metrics", "containerPort": _METRICS_PORT}],
        "startupProbe": {**_HEALTH, "failureThreshold": 30},
        "readinessProbe": _HEALTH,
        "livenessProbe": _HEALTH,
        "resources": {"requests": {"cpu": "100m", "memory": "600Mi"}, "limits": {"cpu": "1", "memory": "600Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
    }


def _clusterwide() -> dict[str, Any]:
    return {key: value for key, value in METADATA.items() if key != "namespace"}


def _rules(rules: Iterable[_Rule]) -> Iterable[dict[str, Any]]:
    for group, kinds, verbs, names in rules:
        rule = {"apiGroups": [group], "resources": list(kinds), "verbs": list(verbs)}
        yield {**rule, **({"resourceNames": list(names)} if names else {})}
