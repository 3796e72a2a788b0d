"""Alert rules of a model server.

They read metrics of kube-state-metrics and DCGM exporter, which must be installed in the cluster. Sources:
https://github.com/kubernetes/kube-state-metrics/tree/main/docs and
https://docs.nvidia.com/datacenter/dcgm/latest/gpu-telemetry/dcgm-exporter.html
"""

from typing import Any

from gpuplane.observability.alert_rule import alert_rule
from gpuplane.observability.args import AlertThresholds
from gpuplane.observability.promql import latency, latency_statistic, pods_of
from gpuplane.serving.runtimes.catalogue import RuntimeMetrics


def server_rules(
    namespace: str,
    server: str,
    metrics: RuntimeMetrics,
    thresholds: AlertThresholds,
    load_seconds: int,
    has_gpu: bool,
    runbooks: str,
) -> dict[str, Any]:
    """Return the spec of a server's alert rules.

    Args:
        namespace: Its namespace.
        server: Its name.
        metrics: Names of its runtime's metrics.
        thresholds: When to alert.
        load_seconds: The longest that a replica may load its model.
        has_gpu: Whether its replicas use GPUs.
        runbooks: URL of the runbooks.
    """
    pods = pods_of(namespace, server)
    deployment = f'namespace="{namespace}",deployment="{server}"'
    loading = f"{-(-(load_seconds + 300) // 60)}m"
    rules = [
        alert_rule(
            "ModelServerDown",
            f"kube_deployment_status_replicas_available{{{deployment}}} == 0 "
            f"and kube_deployment_spec_replicas{{{deployment}}} > 0",
            "2m",
            "critical",
            f"{namespace}/{server} has no ready replica",
            runbooks,
        ),
        alert_rule(
            "ModelServerReplicasNotReady",
            f"kube_deployment_status_replicas_unavailable{{{deployment}}} > 0",
            loading,
            "warning",
            f"{namespace}/{server} has replicas that have not become ready within the load time of a model",
            runbooks,
        ),
        alert_rule(
            "ModelServerRestarts",
            f"increase(kube_pod_container_status_restarts_total{{{pods}}}[30m]) >= {thresholds.restarts}",
            "0m",
            "warning",
            f"a replica of {namespace}/{server} restarted {thresholds.restarts} times within 30 minutes",
            runbooks,
        ),
        alert_rule(
            "ModelServerSlow",
            f"{latency(metrics, pods)} > {thresholds.latency_seconds:g}",
            "10m",
            "warning",
            f"requests to {namespace}/{server} take longer than {thresholds.latency_seconds:g} s "
            f"({latency_statistic(metrics)})",
            runbooks,
        ),
    ]
    if has_gpu:
        # Labels of the pod that uses the GPU: as DCGM exporter reports them, or renamed where they clash with its own.
        exported = pods.replace("namespace=", "exported_namespace=").replace("pod=", "exported_pod=")
        use = " or ".join(f"avg_over_time(DCGM_FI_DEV_GPU_UTIL{{{labels}}}[1h])" for labels in (exported, pods))
        rules.append(
            alert_rule(
                "GpuIdle",
                f"({use}) < {thresholds.gpu_idle_percent}",
                "1h",
                "info",
                f"a GPU of {namespace}/{server} is used less than {thresholds.gpu_idle_percent}%",
                runbooks,
            )
        )
    return {"groups": [{"name": f"{server}.rules", "rules": rules}]}
