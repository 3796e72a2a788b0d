"""What a training job asks of its tenant's quota."""

from gpuplane.sizing import quota
from gpuplane.training.args import TrainingJobArgs
from gpuplane.training.job import JobSources, job_pod_spec


def demands(name: str, args: TrainingJobArgs) -> list[quota.Demand]:
    """Its pod, of which there is one at a time however often it is tried, and the claims that are made for it.

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
