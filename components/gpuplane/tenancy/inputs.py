"""Inputs of a tenant's namespace and of its queue."""

from collections.abc import Mapping
from typing import Any

from gpuplane.tenancy.args import TenantNamespaceArgs

# Supported since Kueue 0.2. Source: https://kueue.sigs.k8s.io/docs/concepts/local_queue/
QUEUE_API = "kueue.x-k8s.io/v1beta1"


def namespace_inputs(args: TenantNamespaceArgs) -> dict[str, Any]:
    """Return the namespace, with one version of its pod security level enforced, warned of and audited."""
    security = {
        f"pod-security.kubernetes.io/{mode}{suffix}": value
        for mode in ("enforce", "warn", "audit")
        for suffix, value in (("", args.pod_security.value), ("-version", args.pod_security_version))
    }
    return {"metadata": {"name": args.namespace, "labels": {**args.labels, **security}}}


def queue_inputs(cluster_queue: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the LocalQueue that submits to a ClusterQueue."""
    spec = {"clusterQueue": cluster_queue}
    return {"apiVersion": QUEUE_API, "kind": "LocalQueue", "metadata": metadata, "spec": spec}
