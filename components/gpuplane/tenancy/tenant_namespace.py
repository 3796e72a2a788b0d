"""A team's namespace: pod security, and a quota that every pod can pass."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component import Component
from gpuplane.tenancy.args import TenantNamespaceArgs


class TenantNamespace(Component):
    """A namespace with enforced pod security, a quota, and defaults for containers that say nothing.

    Example:
        >>> tenant = TenantNamespace("serving", {"namespace": "ml-prod", "quota": {"gpus": 8, "cpu": "32"}})

    Attributes:
        namespace: Its name, known when it exists: pass it on so that what goes in comes after it.
        quota: The ResourceQuota, None where nothing is limited.
    """

    CHILDREN: ClassVar[tuple[str, ...]] = ("namespace", "quota", "limits")

    def __init__(
        self, name: str, args: TenantNamespaceArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = TenantNamespaceArgs.of(f'TenantNamespace "{name}"', args)
        super().__init__(name, checked, opts)
        namespace = self.make(k8s.core.v1.Namespace, "namespace", namespace_inputs(checked))
        # The name alone says that the namespace is there, not that its quota is: pods could slip in before it.
        inside = pulumi.Output.from_input(namespace.metadata.name)
        self.quota: k8s.core.v1.ResourceQuota | None = None
        guards: list[pulumi.Resource] = [
            self.make(
                k8s.core.v1.LimitRange,
                "limits",
                {"metadata": {"name": "defaults", "namespace": inside}, "spec": {"limits": [CONTAINER_DEFAULTS]}},
            )
        ]
        if checked.quota.hard:
            self.quota = self.make(
                k8s.core.v1.ResourceQuota,
                "quota",
                {"metadata": {"name": "quota", "namespace": inside}, "spec": {"hard": checked.quota.hard}},
            )
            guards.append(self.quota)
        self.namespace: pulumi.Output[str] = pulumi.Output.all(inside, *[guard.urn for guard in guards]).apply(
            lambda known: str(known[0])
        )
        self.register_outputs({"namespace": self.namespace})


# A container that asks for nothing would be refused by a quota on CPU or memory.
CONTAINER_DEFAULTS = {
    "type": "Container",
    "defaultRequest": {"cpu": "100m", "memory": "128Mi"},
    "default": {"memory": "512Mi"},
}


def namespace_inputs(args: TenantNamespaceArgs) -> dict[str, Any]:
    """The namespace, with its pod security level enforced, warned of and audited."""
    security = {f"pod-security.kubernetes.io/{mode}": args.pod_security for mode in ("enforce", "warn", "audit")}
    return {"metadata": {"name": args.namespace, "labels": {**args.labels, **security}}}
