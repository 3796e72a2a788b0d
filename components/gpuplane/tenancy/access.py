"""Who may do what in a tenant's namespace: two roles, bound to groups of the cluster's identity provider."""

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

# What says how a tenant is doing, and is nobody's in it to change.
_GUARDS: list[tuple[str, list[str]]] = [
    ("", ["events", "limitranges", "resourcequotas"]),
    ("events.k8s.io", ["events"]),
    ("networking.k8s.io", ["networkpolicies"]),
    ("kueue.x-k8s.io", ["localqueues", "workloads"]),
]


class TenantAccess(Args):
    """The groups that a tenant's two roles are given to, as the cluster's identity provider names them."""

    team: list[str] = []
    """Groups that may read everything but secrets, read logs, and restart pods by deleting them."""

    ci: list[str] = []
    """Groups that may bring and change workloads, their config and their secrets; not quotas, policies or roles."""

    def own_problems(self) -> Iterable[Problem]:
        """Groups with a name."""
        for path, groups in (("team", self.team), ("ci", self.ci)):
            if "" in groups:
                yield Problem(path, "must have groups with a name, got ''")


def team_rules() -> list[dict[str, Any]]:
    """The team's role: looking, and restarting."""
    looking = [_rule(group, resources, _READ) for group, resources in (*_WORKLOADS, *_GUARDS)]
    return [*looking, _rule("", ["pods/log"], ["get"]), _rule("", ["pods"], ["delete"])]


def ci_rules() -> list[dict[str, Any]]:
    """The role of what deploys: workloads and what belongs to them."""
    changing = [_rule(group, resources, [*_READ, *_WRITE]) for group, resources in _WORKLOADS]
    looking = [_rule(group, resources, _READ) for group, resources in _GUARDS]
    return [
        *changing,
        *looking,
        _rule("", ["secrets"], [*_READ, *_WRITE]),
        _rule("", ["pods/log"], ["get"]),
        _rule("", ["namespaces"], ["get"]),
    ]


def binding(role: str, groups: list[str]) -> dict[str, Any]:
    """What gives the role to the groups, but for its metadata."""
    return {
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group} for group in groups],
    }


def _rule(group: str, resources: list[str], verbs: list[str]) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": resources, "verbs": verbs}
