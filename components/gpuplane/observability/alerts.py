"""The alert rules of a server and of a tenant, each with the runbook that says what to do.

What kube-state-metrics and DCGM exporter report is read as well: both have to be in the cluster. Sources:
https://github.com/kubernetes/kube-state-metrics/tree/main/docs and
https://docs.nvidia.com/datacenter/dcgm/latest/gpu-telemetry/dcgm-exporter.html
"""

from typing import Any

from gpuplane.observability.args import AlertThresholds
from gpuplane.observability.promql import latency, latency_statistic, pods_of
from gpuplane.serving.runtimes.catalogue import RuntimeMetrics

Rule = dict[str, Any]


def server_rules(
    namespace: str,
    server: str,
    metrics: RuntimeMetrics,
    limits: AlertThresholds,
    load_seconds: int,
    has_gpu: bool,
    runbooks: str,
) -> dict[str, Any]:
    """The spec of a server's rules.

    Args:
        namespace: Its namespace.
        server: Its name.
        metrics: Names of its runtime's metrics.
        limits: When somebody has to look.
        load_seconds: The longest a replica may load.
        has_gpu: Whether its replicas hold GPUs.
        runbooks: Where the runbooks are.
    """
    pods = pods_of(namespace, server)
    deployment = f'namespace="{namespace}",deployment="{server}"'
    loading = f"{-(-(load_seconds + 300) // 60)}m"
    rules = [
        _rule(
            "ModelServerDown",
            f"kube_deployment_status_replicas_available{{{deployment}}} == 0 "
            f"and kube_deployment_spec_replicas{{{deployment}}} > 0",
            "2m",
            "critical",
            f"{namespace}/{server} has no ready replica",
            runbooks,
        ),
        _rule(
            "ModelServerReplicasNotReady",
            f"kube_deployment_status_replicas_unavailable{{{deployment}}} > 0",
            loading,
            "warning",
            f"{namespace}/{server} has had replicas that are not ready for longer than one may load",
            runbooks,
        ),
        _rule(
            "ModelServerRestarts",
            f"increase(kube_pod_container_status_restarts_total{{{pods}}}[30m]) >= {limits.restarts}",
            "0m",
            "warning",
            f"a replica of {namespace}/{server} restarted {limits.restarts} times within 30 minutes",
            runbooks,
        ),
        _rule(
            "ModelServerSlow",
            f"{latency(metrics, pods)} > {limits.latency_seconds:g}",
            "10m",
            "warning",
            f"requests to {namespace}/{server} take longer than {limits.latency_seconds:g} s "
            f"({latency_statistic(metrics)})",
            runbooks,
        ),
    ]
    if has_gpu:
        # A scrape keeps the labels of the pod that holds the GPU, or marks them as exported beside DCGM exporter's own.
        exported = pods.replace("namespace=", "exported_namespace=").replace("pod=", "exported_pod=")
        use = " or ".join(f"avg_over_time(DCGM_FI_DEV_GPU_UTIL{{{labels}}}[1h])" for labels in (exported, pods))
        rules.append(
            _rule(
                "GpuIdle",
                f"({use}) < {limits.gpu_idle_percent}",
                "1h",
                "info",
                f"a GPU that {namespace}/{server} holds is used less than {limits.gpu_idle_percent}%",
                runbooks,
            )
        )
    return {"groups": [{"name": f"{server}.rules", "rules": rules}]}


def tenant_rules(namespace: str, limits: AlertThresholds, runbooks: str) -> dict[str, Any]:
    """The spec of a tenant's rules.

    Args:
        namespace: Its namespace.
        limits: When somebody has to look.
        runbooks: Where the runbooks are.
    """
    used = f'kube_resourcequota{{namespace="{namespace}",type="used"}}'
    hard = f'kube_resourcequota{{namespace="{namespace}",type="hard"}}'
    rule = _rule(
        "QuotaNearItsEnd",
        f"100 * {used} / ignoring(type) ({hard} > 0) > {limits.quota_percent}",
        "15m",
        "warning",
        f"{namespace} uses more than {limits.quota_percent}% of its quota of {{{{ $labels.resource }}}}",
        runbooks,
    )
    return {"groups": [{"name": f"{namespace}.quota", "rules": [rule]}]}


def _rule(alert: str, expression: str, held: str, severity: str, summary: str, runbooks: str) -> Rule:
    return {
        "alert": alert,
        "expr": expression,
        "for": held,
        "labels": {"severity": severity},
        "annotations": {"summary": summary, "runbook_url": f"{runbooks}#{alert.lower()}"},
    }
