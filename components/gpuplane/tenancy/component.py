"""A tenant's namespace with everything that isolates it."""

from typing import Any, ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.tenancy.access import binding, ci_rules, team_rules
from gpuplane.tenancy.args import TenantNamespaceArgs
from gpuplane.tenancy.args_dict import TenantNamespaceArgsDict
from gpuplane.tenancy.inputs import namespace_inputs, queue_inputs
from gpuplane.tenancy.limits import limit_range_spec
from gpuplane.tenancy.network import network_policies
from gpuplane.tenancy.priority import Priority, priority_class_inputs
from gpuplane.tenancy.quota import quota_spec


class TenantNamespace(Component):
    """A namespace with enforced pod security, quotas, default resources of containers, default-deny network policies,
    PriorityClasses, and roles for its team and its CI.

    Example:
        tenant = TenantNamespace("serving", {
            "namespace": "ml-prod",
            "quota": {"gpus": 8, "cpu": "32", "memory": "128Gi"},
            "access": {"team": ["ml-team@acme.example"]},
        })

    Attributes:
        namespace: Its name, known once it and its policies exist. Use it, so that workloads are created afterwards.
        quota: The ResourceQuota over all priorities, None without limits.
        priority_classes: Names of its PriorityClasses by `serving` and `batch`, known once they exist.
        queue: The Kueue LocalQueue, None without a queue.
    """

    SECTION: ClassVar[Section | None] = Section("tenants.{name}")
    CHILDREN: ClassVar[tuple[str, ...]] = (
        "namespace", "default-account", "limits", "quota", "quota-serving", "quota-batch", "network", "priority",
        "role-team", "role-ci", "binding-team", "binding-ci", "queue",
    )  # fmt: skip

    def __init__(
        self, name: str, args: TenantNamespaceArgs | TenantNamespaceArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = TenantNamespaceArgs.parse(f'TenantNamespace "{name}"', args)
        super().__init__(name, checked, opts)
        namespace = self.make(k8s.core.v1.Namespace, "namespace", namespace_inputs(checked))
        self._inside = self.name_of(namespace)
        classes = {
            priority: self.make(
                k8s.scheduling.v1.PriorityClass,
                "priority",
                priority_class_inputs(checked.namespace, priority),
                suffix=f"priority-{priority.value}",
            )
            for priority in Priority
        }
        self.priority_classes: dict[str, pulumi.Output[str]] = {
            priority.value: self.name_of(made) for priority, made in classes.items()
        }
        self.quota, quotas = self._quotas(checked)
        guards = [*quotas, *self._guards(checked)]
        self._roles(checked)
        self.queue = self._queue(checked)
        # Resolved only when quotas and policies exist as well, so that no pod is created before them.
        self.namespace: pulumi.Output[str] = pulumi.Output.all(self._inside, *[guard.urn for guard in guards]).apply(
            lambda known: str(known[0])
        )
        self.register_outputs({"namespace": self.namespace})

    def _named(self, name: str) -> dict[str, Any]:
        return {"name": name, "namespace": self._inside}

    def _quotas(
        self, args: TenantNamespaceArgs
    ) -> tuple[k8s.core.v1.ResourceQuota | None, list[k8s.core.v1.ResourceQuota]]:
        kind = k8s.core.v1.ResourceQuota
        whole: k8s.core.v1.ResourceQuota | None = None
        if args.hard:
            whole = self.make(kind, "quota", {"metadata": self._named("quota"), "spec": quota_spec(args.hard)})
        by_priority = [
            self.make(
                kind,
                f"quota-{priority.value}",
                {
                    "metadata": self._named(f"quota-{priority.value}"),
                    "spec": quota_spec(part.hard, self.priority_classes[priority.value]),
                },
            )
            for priority, part in ((Priority.SERVING, args.quota.serving), (Priority.BATCH, args.quota.batch))
            if part
        ]
        return whole, [*([whole] if whole else []), *by_priority]

    def _guards(self, args: TenantNamespaceArgs) -> list[pulumi.Resource]:
        limits = self.make(
            k8s.core.v1.LimitRange,
            "limits",
            {"metadata": self._named("defaults"), "spec": limit_range_spec(args.quota)},
        )
        # Kubernetes creates this account with the namespace, so it is patched.
        account = self.make(
            k8s.core.v1.ServiceAccountPatch,
            "default-account",
            {"metadata": self._named("default"), "automountServiceAccountToken": False},
        )
        policies = [
            self.make(
                k8s.networking.v1.NetworkPolicy,
                "network",
                {"metadata": self._named(policy), "spec": spec},
                suffix=f"network-{policy}",
            )
            for policy, spec in network_policies(args.network, args.preset).items()
        ]
        return [limits, account, *policies]

    def _roles(self, args: TenantNamespaceArgs) -> None:
        for role, groups, rules in (("team", args.access.team, team_rules()), ("ci", args.access.ci, ci_rules())):
            if groups:
                made = self.make(
                    k8s.rbac.v1.Role, f"role-{role}", {"metadata": self._named(f"tenant-{role}"), "rules": rules}
                )
                self.make(
                    k8s.rbac.v1.RoleBinding,
                    f"binding-{role}",
                    {"metadata": self._named(f"tenant-{role}"), **binding(f"tenant-{role}", groups)},
                    pulumi.ResourceOptions(depends_on=[made]),
                )

    def _queue(self, args: TenantNamespaceArgs) -> k8s.apiextensions.CustomResource | None:
        if args.queue is None:
            return None
        return self.make(
            k8s.apiextensions.CustomResource,
            "queue",
            queue_inputs(args.queue, self._named("default")),
        )
