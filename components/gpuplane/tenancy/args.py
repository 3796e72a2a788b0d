"""The arguments of a team's namespace."""

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

# The newest version whose checks this project has been tested with; an API server that is older takes it as its own.
POD_SECURITY_VERSION = "v1.36"

_KUBERNETES_OWN = ("default", "kube-system", "kube-public", "kube-node-lease")


class PodSecurity(str, Enum):
    """What pods may do, by Kubernetes' Pod Security Standards."""

    RESTRICTED = "restricted"
    BASELINE = "baseline"
    PRIVILEGED = "privileged"


class TenantNamespaceArgs(ComponentArgs):
    """Arguments of `TenantNamespace`."""

    namespace: str
    """Name of the namespace to make, such as `ml-prod`."""

    preset: TenantPreset = TenantPreset.SERVING
    """What it is for. A `training` namespace lets no gateway in, and its quota no load balancers and node ports."""

    quota: TenantQuota = TenantQuota()
    """What its objects may be together. By default as much as there is."""

    pod_security: PodSecurity = PodSecurity.RESTRICTED
    """Pod security level that is enforced."""

    pod_security_version: str = POD_SECURITY_VERSION
    """The Kubernetes version whose checks make up the level: a newer cluster refuses no more than that."""

    network: TenantNetwork = TenantNetwork()
    """Whom its pods may talk to."""

    access: TenantAccess = TenantAccess()
    """Who may do what in it. By default nobody beside those who may in all namespaces."""

    queue: str | None = None
    """Kueue's ClusterQueue that its jobs wait in: makes a LocalQueue `default`. By default none; it needs Kueue."""

    labels: dict[str, str] = {}
    """Labels beside the ones for pod security."""

    def own_problems(self) -> Iterable[Problem]:
        """Names that Kubernetes takes, and each part's own."""
        if not is_namespace(self.namespace):
            yield Problem("namespace", f"must be lower case letters, digits and -, at most 63, got {self.namespace!r}")
        elif self.namespace in _KUBERNETES_OWN:
            yield Problem(
                "namespace", f"must be one of the tenant's own, got {self.namespace!r}, which Kubernetes uses"
            )
        if not re.fullmatch(r"latest|v1\.\d+", self.pod_security_version):
            yield Problem(
                "pod_security_version",
                f"must be a minor version, got {self.pod_security_version!r}, allowed: latest, such as v1.36",
            )
        for key in self.labels:
            if key.startswith("pod-security.kubernetes.io/"):
                yield Problem(f"labels[{key!r}]", "must not be set as a label, fix: pod_security, pod_security_version")
        yield from label_problems("labels", self.labels)

    @property
    def hard(self) -> dict[str, str]:
        """The quota over all priorities, with the preset's own limits under what is said."""
        preset = {name: str(count) for name, count in OBJECTS[self.preset].items()}
        return {**preset, **self.quota.hard}

    @property
    def priority_classes(self) -> dict[Priority, str]:
        """The names of its priority classes."""
        return {priority: priority_class_name(self.namespace, priority) for priority in Priority}
