"""Demand of a training job on its tenant's quota."""

from gpuplane.sizing import quota
from gpuplane.training.args import TrainingJobArgs
from gpuplane.training.inputs import JobSources, job_pod_spec


def demands(name: str, args: TrainingJobArgs) -> list[quota.Demand]:
    """Return the demand of its pod, one at a time even with retries, and of the claims that it creates.

    Args:
        name: The job's name.
        args: Its arguments, free of problems.
    """
    kind = quota.Kind.QUEUED_JOB if args.queue is not None else quota.Kind.JOB
    pod = quota.pods(name, job_pod_spec(args, JobSources()), 1, kind=kind)
    claims = [
        quota.claim(f"{name}'s claim {claim_name}", claim.size, quota.Kind.JOB)
        for claim_name, claim in args.claims.items()
        if claim.size is not None
    ]
    return [pod, *claims]
