"""Access to a tenant's namespace: two roles, bound to groups of the cluster's identity provider."""

from collections.abc import Iterable
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem

_READ = ["get", "list", "watch"]
_WRITE = ["create", "update", "patch", "delete", "deletecollection"]

_WORKLOADS: list[tuple[str, list[str]]] = [
    ("", ["pods", "services", "endpoints", "configmaps", "persistentvolumeclaims", "serviceaccounts"]),
    ("apps", ["deployments", "replicasets", "statefulsets", "daemonsets"]),
    ("batch", ["jobs", "cronjobs"]),
    ("autoscaling", ["horizontalpodautoscalers"]),
    ("policy", ["poddisruptionbudgets"]),
    ("networking.k8s.io", ["ingresses"]),
    ("gateway.networking.k8s.io", ["httproutes"]),
    ("discovery.k8s.io", ["endpointslices"]),
    ("monitoring.coreos.com", ["podmonitors", "servicemonitors", "prometheusrules"]),
    ("keda.sh", ["scaledobjects", "triggerauthentications"]),
]

# Readable by the tenant, changed only by the platform.
_GUARDS: list[tuple[str, list[str]]] = [
    ("", ["events", "limitranges", "resourcequotas"]),
    ("events.k8s.io", ["events"]),
    ("networking.k8s.io", ["networkpolicies"]),
    ("kueue.x-k8s.io", ["localqueues", "workloads"]),
]


class TenantAccess(Args):
    """Groups of the cluster's identity provider that are bound to a tenant's roles."""

    team: list[str] = []
    """Groups that may read everything but secrets, read logs, and restart pods by deleting them."""

    ci: list[str] = []
    """Groups that may create and change workloads with their config and secrets, but not quotas, policies or roles."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield groups without a name."""
        for path, groups in (("team", self.team), ("ci", self.ci)):
            if "" in groups:
                yield Problem(path, "group names must not be empty, got ''")


def team_rules() -> list[dict[str, Any]]:
    """Return the rules of the team's role: read, and delete pods to restart them."""
    reading = [_rule(group, resources, _READ) for group, resources in (*_WORKLOADS, *_GUARDS)]
    return [*reading, _rule("", ["pods/log"], ["get"]), _rule("", ["pods"], ["delete"])]


def ci_rules() -> list[dict[str, Any]]:
    """Return the rules of the CI role: deploy workloads, their config and their secrets."""
    writing = [_rule(group, resources, [*_READ, *_WRITE]) for group, resources in _WORKLOADS]
    reading = [_rule(group, resources, _READ) for group, resources in _GUARDS]
    return [
        *writing,
        *reading,
        _rule("", ["secrets"], [*_READ, *_WRITE]),
        _rule("", ["pods/log"], ["get"]),
        _rule("", ["namespaces"], ["get"]),
    ]


def binding(role: str, groups: list[str]) -> dict[str, Any]:
    """Return the RoleBinding of the role to the groups, without metadata."""
    return {
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group} for group in groups],
    }


def _rule(group: str, resources: list[str], verbs: list[str]) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": resources, "verbs": verbs}
