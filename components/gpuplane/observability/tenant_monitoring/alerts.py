"""Alert rules of a tenant.

They read metrics of kube-state-metrics, which must be installed in the cluster.
Source: https://github.com/kubernetes/kube-state-metrics/tree/main/docs
"""

from typing import Any

from gpuplane.observability.alert_rule import alert_rule
from gpuplane.observability.args import AlertThresholds


def tenant_rules(namespace: str, thresholds: AlertThresholds, runbooks: str) -> dict[str, Any]:
    """Return the spec of a tenant's alert rules.

    Args:
        namespace: Its namespace.
        thresholds: When to alert.
        runbooks: URL of the runbooks.
    """
    used = f'kube_resourcequota{{namespace="{namespace}",type="used"}}'
    hard = f'kube_resourcequota{{namespace="{namespace}",type="hard"}}'
    rule = alert_rule(
        "QuotaNearItsEnd",
        f"100 * {used} / ignoring(type) ({hard} > 0) > {thresholds.quota_percent}",
        "15m",
        "warning",
        f"{namespace} uses more than {thresholds.quota_percent}% of its quota of {{{{ $labels.resource }}}}",
        runbooks,
    )
    return {"groups": [{"name": f"{namespace}.quota", "rules": [rule]}]}
