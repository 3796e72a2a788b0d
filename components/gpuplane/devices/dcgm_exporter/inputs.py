"""The inputs of the exporter's DaemonSet and Service."""

from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.devices.advertisers import NVIDIA
from gpuplane.devices.dcgm_exporter.args import DcgmExporterArgs
from gpuplane.devices.node_critical.inputs import critical_daemonset, environment
from gpuplane.nodepools.facts import GPU_PRESENT_LABEL
from gpuplane.platforms import Platform, accelerator_labels, facts

PORT = 9400
NAME = "dcgm-exporter"
LABELS = {"app.kubernetes.io/name": NAME}
POD_RESOURCES = "/var/lib/kubelet/pod-resources"

_EVERY_GPU_NODE = [
    *({"matchExpressions": [{"key": key, "operator": "Exists"}]} for key in accelerator_labels()),
    {"matchExpressions": [{"key": GPU_PRESENT_LABEL, "operator": "In", "values": ["true"]}]},
]


def daemonset_inputs(args: DcgmExporterArgs, config_map: Input[str]) -> dict[str, Any]:
    """Return the DaemonSet, for every node with the GPU label of any platform.

    On GKE the driver is in a folder of the host, not in the container, and Bottlerocket mounts it into privileged
    containers only. Source: https://cloud.google.com/stackdriver/docs/managed-prometheus/exporters/nvidia-dcgm
    """
    is_gke = any(pool.platform is Platform.GKE for pool in args.pools)
    driver = [("driver", "/usr/local/nvidia", facts(Platform.GKE).gpu_driver_folder)] if is_gke else []
    paths = [("pod-resources", POD_RESOURCES, POD_RESOURCES), *driver]
    env = {
        "DCGM_EXPORTER_LISTEN": f":{PORT}",
        "DCGM_EXPORTER_KUBERNETES": "true",
        **({"LD_LIBRARY_PATH": "/usr/local/nvidia/lib64"} if is_gke else {}),
    }
    probe = {"httpGet": {"path": "/health", "port": PORT}}
    container = {
        "name": NAME,
        "image": args.image,
        "args": ["-f", "/etc/gpuplane/counters.csv"],
        "env": environment(env, ["NODE_NAME"]),
        "ports": [{"name": "metrics", "containerPort": PORT}],
        "livenessProbe": {**probe, "initialDelaySeconds": 45, "periodSeconds": 5},
        "readinessProbe": {**probe, "initialDelaySeconds": 45},
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "512Mi"}},
        "securityContext": _security(args),
        "volumeMounts": [
            *({"name": name, "mountPath": inside, "readOnly": True} for name, inside, _ in paths),
            {"name": "counters", "mountPath": "/etc/gpuplane", "readOnly": True},
        ],
    }
    pod = {
        "automountServiceAccountToken": False,
        "affinity": {
            "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": _EVERY_GPU_NODE}}
        },
        "containers": [container],
        "volumes": [
            *({"name": name, "hostPath": {"path": host}} for name, _, host in paths),
            {"name": "counters", "configMap": {"name": config_map}},
        ],
    }
    return critical_daemonset(NAME, args.namespace, pod)


def service_inputs(namespace: str) -> dict[str, Any]:
    """Return the Service for scrapers. Pulumi does not await it: a pool without nodes has no endpoints."""
    return {
        "metadata": {
            "name": NAME,
            "namespace": namespace,
            "labels": LABELS,
            "annotations": {"pulumi.com/skipAwait": "true"},
        },
        "spec": {
            "type": "ClusterIP",
            "selector": LABELS,
            "ports": [{"name": "metrics", "port": PORT, "targetPort": "metrics"}],
        },
    }


def _security(args: DcgmExporterArgs) -> dict[str, Any]:
    if any(pool.platform is Platform.GKE or pool.advertiser != NVIDIA for pool in args.pools):
        return {"runAsUser": 0, "privileged": True}
    admin = {"add": ["SYS_ADMIN"]} if args.profiling else {}
    escalates = {} if args.profiling else {"allowPrivilegeEscalation": False}
    return {"runAsUser": 0, "runAsNonRoot": False, "capabilities": {"drop": ["ALL"], **admin}, **escalates}
