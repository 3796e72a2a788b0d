"""Inputs of a training job's Job and volume claims."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.training.args import TrainingJobArgs
from gpuplane.training.claims import JobClaim
from gpuplane.workloads.compute import resources
from gpuplane.workloads.pods import SHARED_MEMORY_MOUNT, TMP_MOUNT, TMP_VOLUME, env_from, shared_memory_volume
from gpuplane.workloads.security import CONTAINER_SECURITY, pod_security


@dataclass(frozen=True)
class JobSources:
    """Names of the objects that the pod reads, known once they exist; None for those that are not created."""

    config_map: Input[str] | None = None
    secret: Input[str] | None = None
    claims: Mapping[str, Input[str]] = field(default_factory=dict[str, Input[str]])


def job_spec(args: TrainingJobArgs, labels: dict[str, str], sources: JobSources) -> dict[str, Any]:
    """Return the spec of the Job.

    Every retry is a new pod. Pods lost to a drain, a preemption or a reclaimed spot node do not count as failures.
    Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
    """
    disrupted = {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
    return {
        "backoffLimit": args.backoff_limit,
        "ttlSecondsAfterFinished": args.ttl_seconds_after_finished,
        **({"activeDeadlineSeconds": args.active_deadline_seconds} if args.active_deadline_seconds is not None else {}),
        # Kueue resumes a suspended Job when its queue has room.
        **({"suspend": True} if args.queue is not None else {}),
        "podFailurePolicy": {"rules": [disrupted]},
        "template": {"metadata": {"labels": labels}, "spec": job_pod_spec(args, sources)},
    }


def job_labels(name: str, args: TrainingJobArgs) -> dict[str, str]:
    """Return the labels of the Job, which include its Kueue queue."""
    queue = {"kueue.x-k8s.io/queue-name": args.queue} if args.queue is not None else {}
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/component": "training", **queue}


def job_pod_spec(args: TrainingJobArgs, sources: JobSources) -> dict[str, Any]:
    """Return the spec of the pod."""
    gpu = args.gpu
    return {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": args.termination_grace_period_seconds,
        "securityContext": pod_security(args.run_as_user),
        **({"priorityClassName": args.priority_class} if args.priority_class is not None else {}),
        **({"nodeSelector": gpu.node_selector, "tolerations": gpu.tolerations} if gpu else {}),
        "containers": [_trainer(args, sources)],
        "volumes": [
            TMP_VOLUME,
            shared_memory_volume(args.shared_memory),
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


def claim_spec(claim: JobClaim) -> dict[str, Any]:
    """Return the spec of a claim to create."""
    return {
        "accessModes": [claim.access_mode],
        **({"storageClassName": claim.storage_class} if claim.storage_class is not None else {}),
        "resources": {"requests": {"storage": claim.size}},
    }


def _trainer(args: TrainingJobArgs, sources: JobSources) -> dict[str, Any]:
    gpus = {args.gpu.resource_name: args.gpu.count} if args.gpu else {}
    return {
        "name": "trainer",
        "image": args.image,
        **({"command": args.command} if args.command else {}),
        **({"args": args.args} if args.args else {}),
        "resources": resources(args.cpu, args.memory, gpus),
        **env_from(sources.config_map, sources.secret),
        "volumeMounts": [
            TMP_MOUNT,
            SHARED_MEMORY_MOUNT,
            *(
                {"name": name, "mountPath": claim.mount_path, **({"readOnly": True} if claim.read_only else {})}
                for name, claim in args.claims.items()
            ),
        ],
        "securityContext": CONTAINER_SECURITY,
    }
