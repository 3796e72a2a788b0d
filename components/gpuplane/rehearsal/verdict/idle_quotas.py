"""Quotas that count nothing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from gpuplane.kubernetes import quantity
from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import key
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.origins import Origins

_LIMITS = "limits."


def idle_quotas(snapshot: Snapshot, origins: Origins) -> list[Finding]:
    """Find quotas on limits of extended resources that count nothing while pods of the namespace have such limits.

    Kubernetes counts only the requests of extended resources.
    Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/#resource-quota-for-extended-resources
    """
    return [
        Finding(
            key(quota),
            f"{name} counts nothing",
            f"used {field(quota, 'status.used', {}).get(name, '0')} while pods hold "
            f"{held} {name.removeprefix(_LIMITS)}, fix: requests.{name.removeprefix(_LIMITS)}",
            "API server",
            (origins.key(quota, "quota.gpus", f"spec.hard[{name}]"),),
        )
        for quota in snapshot.quotas
        for name in quota["spec"]["hard"]
        if name.startswith(_LIMITS) and "/" in name
        if (held := _held(name.removeprefix(_LIMITS), quota["metadata"]["namespace"], snapshot))
        and not quantity.parse(field(quota, "status.used", {}).get(name, "0"))
    ]


def _held(resource: str, namespace: str, snapshot: Snapshot) -> Decimal:
    return sum(
        (
            quantity.parse(_limits(container).get(resource, "0"))
            for pod in snapshot.pods
            if pod["metadata"]["namespace"] == namespace
            for container in pod["spec"]["containers"]
        ),
        Decimal(0),
    )


def _limits(container: Mapping[str, Any]) -> Mapping[str, str]:
    return field(container, "resources.limits", {})
