"""The Job of a training: how often it is tried, where its pod lands, what it may touch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.training.args import TrainingJobArgs
from gpuplane.workloads.compute import resources
from gpuplane.workloads.security import CONTAINER_SECURITY, pod_security


@dataclass(frozen=True)
class JobSources:
    """The names of what the pod reads, known when they exist; None for what there is not."""

    config_map: Input[str] | None = None
    secret: Input[str] | None = None
    claims: Mapping[str, Input[str]] = field(default_factory=dict[str, Input[str]])


def job_spec(args: TrainingJobArgs, labels: dict[str, str], sources: JobSources) -> dict[str, Any]:
    """The spec of the Job.

    Every try is a pod of its own, and one that a drain, a pre-emption or the end of a spot node took is not counted.
    Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
    """
    disrupted = {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
    return {
        "backoffLimit": args.backoff_limit,
        "ttlSecondsAfterFinished": args.ttl_seconds_after_finished,
        **({"activeDeadlineSeconds": args.active_deadline_seconds} if args.active_deadline_seconds is not None else {}),
        # Kueue takes over a Job that waits, and lets it go when its queue has room.
        **({"suspend": True} if args.queue is not None else {}),
        "podFailurePolicy": {"rules": [disrupted]},
        "template": {"metadata": {"labels": labels}, "spec": job_pod_spec(args, sources)},
    }


def job_labels(name: str, args: TrainingJobArgs) -> dict[str, str]:
    """The labels of the Job, by which Kueue finds its queue."""
    queue = {"kueue.x-k8s.io/queue-name": args.queue} if args.queue is not None else {}
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/component": "training", **queue}


def job_pod_spec(args: TrainingJobArgs, sources: JobSources) -> dict[str, Any]:
    """The spec of its pod: restricted, on the GPUs' nodes, with its claims."""
    gpu = args.gpu
    return {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": args.termination_grace_period_seconds,
        "securityContext": pod_security(args.run_as_user),
        **({"priorityClassName": args.priority_class} if args.priority_class is not None else {}),
        **({"nodeSelector": gpu.node_selector, "tolerations": gpu.tolerations} if gpu else {}),
        "containers": [_trainer(args, sources)],
        "volumes": [
            {"name": "tmp", "emptyDir": {}},
            {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": args.shared_memory}},
            *(
                {
                    "name": name,
                    "persistentVolumeClaim": {
                        "claimName": sources.claims.get(name, claim.existing),
                        **({"readOnly": True} if claim.read_only else {}),
                    },
                }
                for name, claim in args.claims.items()
            ),
        ],
    }


def _trainer(args: TrainingJobArgs, sources: JobSources) -> dict[str, Any]:
    gpus = {args.gpu.resource_name: args.gpu.count} if args.gpu else {}
    env_from = [
        *([{"configMapRef": {"name": sources.config_map}}] if sources.config_map is not None else []),
        *([{"secretRef": {"name": sources.secret}}] if sources.secret is not None else []),
    ]
    return {
        "name": "trainer",
        "image": args.image,
        **({"command": args.command} if args.command else {}),
        **({"args": args.args} if args.args else {}),
        "resources": resources(args.cpu, args.memory, gpus),
        **({"envFrom": env_from} if env_from else {}),
        "volumeMounts": [
            {"name": "tmp", "mountPath": "/tmp"},
            {"name": "shared-memory", "mountPath": "/dev/shm"},
            *(
                {"name": name, "mountPath": claim.mount_path, **({"readOnly": True} if claim.read_only else {})}
                for name, claim in args.claims.items()
            ),
        ],
        "securityContext": CONTAINER_SECURITY,
    }
