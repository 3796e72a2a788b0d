"""The pod of a model server: where it lands, what it runs, what it may touch."""

from dataclasses import dataclass
from typing import Any

from gpuplane.args import Input
from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.probes import probes
from gpuplane.serving.storage import ModelStorage

# What the `restricted` pod security level asks of a container. Source:
# https://kubernetes.io/docs/concepts/security/pod-security-standards/
CONTAINER_SECURITY: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


@dataclass(frozen=True)
class PodSources:
    """The names of what the pod reads, known when they exist; None for what there is not."""

    config_map: Input[str] | None = None
    secret: Input[str] | None = None
    claim: Input[str] | None = None


def pod_spec(args: ModelServerArgs, labels: dict[str, str], sources: PodSources) -> dict[str, Any]:
    """The spec of the pod."""
    storage = args.storage
    tolerations = args.tolerations if args.tolerations is not None else args.gpu.tolerations if args.gpu else []
    downloads = [_download(args, storage)] if storage and storage.download else []
    return {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": args.grace_seconds,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": args.run_as_user,
            "runAsGroup": args.run_as_user,
            "fsGroup": args.run_as_user,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        **({"nodeSelector": args.gpu.node_selector} if args.gpu else {}),
        **({"tolerations": tolerations} if tolerations else {}),
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": labels},
            }
            for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ],
        **({"initContainers": downloads} if downloads else {}),
        "containers": [_server(args, sources)],
        "volumes": _volumes(storage, sources),
    }


def resources(args: ModelServerArgs) -> dict[str, Any]:
    """Requests and limits of the server; for GPUs they are the same number."""
    gpus = {args.gpu.resource_name: str(args.gpu.count)} if args.gpu else {}
    return {
        "requests": {"cpu": args.cpu.request, "memory": args.memory.request, **gpus},
        "limits": {"cpu": args.cpu.limit, "memory": args.memory.limit, **gpus},
    }


def _server(args: ModelServerArgs, sources: PodSources) -> dict[str, Any]:
    env_from = [
        *([{"configMapRef": {"name": sources.config_map}}] if sources.config_map is not None else []),
        *([{"secretRef": {"name": sources.secret}}] if sources.secret is not None else []),
    ]
    mounts: list[dict[str, Any]] = [{"name": "tmp", "mountPath": "/tmp"}]
    if args.storage:
        mounts.append({"name": "model", "mountPath": args.storage.mount_path, "readOnly": True})
    return {
        "name": "server",
        "image": args.image,
        **({"command": args.command} if args.command else {}),
        "ports": [{"name": "http", "containerPort": args.port}],
        "resources": resources(args),
        **({"envFrom": env_from} if env_from else {}),
        "volumeMounts": mounts,
        "securityContext": CONTAINER_SECURITY,
        **probes(args.probes),
        # Endpoints learn later than the pod that it has to go: requests still come for a moment.
        "lifecycle": {"preStop": {"sleep": {"seconds": min(10, args.grace_seconds)}}},
    }


def _download(args: ModelServerArgs, storage: ModelStorage) -> dict[str, Any]:
    assert storage.download
    return {
        "name": "download",
        "image": storage.download.image,
        "command": storage.download.command,
        "env": [{"name": "HOME", "value": "/tmp"}],
        "resources": {
            "requests": {"cpu": "500m", "memory": "512Mi"},
            "limits": {"cpu": args.cpu.limit, "memory": "2Gi"},
        },
        "volumeMounts": [
            {"name": "tmp", "mountPath": "/tmp"},
            {"name": "model", "mountPath": storage.mount_path},
        ],
        "securityContext": CONTAINER_SECURITY,
    }


def _volumes(storage: ModelStorage | None, sources: PodSources) -> list[dict[str, Any]]:
    volumes: list[dict[str, Any]] = [{"name": "tmp", "emptyDir": {}}]
    if storage and storage.claim:
        read_only = {"readOnly": True} if storage.claim.access_mode == "ReadOnlyMany" else {}
        volumes.append({"name": "model", "persistentVolumeClaim": {"claimName": sources.claim, **read_only}})
    elif storage:
        volumes.append({"name": "model", "emptyDir": {"sizeLimit": storage.size_limit}})
    return volumes
