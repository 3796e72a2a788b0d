"""Arguments of a tenant's namespace."""

import re
from collections.abc import Iterable
from enum import Enum

from gpuplane.arguments.errors import Problem
from gpuplane.component.base import ComponentArgs
from gpuplane.kubernetes.names import is_namespace, label_problems
from gpuplane.tenancy.access import TenantAccess
from gpuplane.tenancy.network import TenantNetwork
from gpuplane.tenancy.preset import OBJECTS, TenantPreset
from gpuplane.tenancy.priority import Priority, priority_class_name
from gpuplane.tenancy.quota import TenantQuota

# The newest version that is tested. An older API server treats it as its own version.
POD_SECURITY_VERSION = "v1.36"

_KUBERNETES_OWN = ("default", "kube-system", "kube-public", "kube-node-lease")


class PodSecurity(str, Enum):
    """A level of Kubernetes' Pod Security Standards."""

    RESTRICTED = "restricted"
    BASELINE = "baseline"
    PRIVILEGED = "privileged"


class TenantNamespaceArgs(ComponentArgs):
    """Arguments of `TenantNamespace`."""

    namespace: str
    """Name of the namespace to create, such as `ml-prod`."""

    preset: TenantPreset = TenantPreset.SERVING
    """Purpose of the namespace. `training` allows no traffic from gateways, no load balancers and no node ports."""

    quota: TenantQuota = TenantQuota()
    """Quota of the namespace. Default: no limits."""

    pod_security: PodSecurity = PodSecurity.RESTRICTED
    """Enforced Pod Security Standard."""

    pod_security_version: str = POD_SECURITY_VERSION
    """Kubernetes version of the standard, so that a cluster upgrade does not add checks."""

    network: TenantNetwork = TenantNetwork()
    """Allowed network connections of its pods."""

    access: TenantAccess = TenantAccess()
    """Groups with access. Default: only those with access to all namespaces."""

    queue: str | None = None
    """Kueue's ClusterQueue of its jobs; creates a LocalQueue `default` and requires Kueue. Default: none."""

    labels: dict[str, str] = {}
    """Labels of the namespace, in addition to those of pod security."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield names, versions and labels that are refused."""
        if not is_namespace(self.namespace):
            yield Problem("namespace", f"must be at most 63 lower-case letters, digits and '-', got {self.namespace!r}")
        elif self.namespace in _KUBERNETES_OWN:
            yield Problem("namespace", f"reserved by Kubernetes, got {self.namespace!r}, fix: another name")
        if not re.fullmatch(r"latest|v1\.\d+", self.pod_security_version):
            yield Problem(
                "pod_security_version",
                f"must be a minor version, got {self.pod_security_version!r}, allowed: latest, such as v1.36",
            )
        for key in self.labels:
            if key.startswith("pod-security.kubernetes.io/"):
                yield Problem(f"labels[{key!r}]", "set by the component, fix: pod_security, pod_security_version")
        yield from label_problems("labels", self.labels)

    @property
    def hard(self) -> dict[str, str]:
        """Limits of the quota over all priorities: the preset's, overridden by `quota`."""
        preset = {name: str(count) for name, count in OBJECTS[self.preset].items()}
        return {**preset, **self.quota.hard}

    @property
    def priority_classes(self) -> dict[Priority, str]:
        """Names of its PriorityClasses."""
        return {priority: priority_class_name(self.namespace, priority) for priority in Priority}
