"""What a training job asks of its tenant's quota."""

from gpuplane.sizing import tenancy
from gpuplane.training.args import TrainingJobArgs
from gpuplane.training.job import JobSources, job_pod_spec


def demands(name: str, args: TrainingJobArgs) -> list[tenancy.Demand]:
    """Its pod, of which there is one at a time however often it is tried, and the claims that are made for it.

    Args:
        name: The job's name.
        args: Its arguments, free of problems.
    """
    kind = tenancy.Kind.QUEUED_JOB if args.queue is not None else tenancy.Kind.JOB
    pod = tenancy.pods(name, job_pod_spec(args, JobSources()), 1, kind=kind)
    claims = [
        tenancy.claim(f"{name}'s claim {claim_name}", claim.size, tenancy.Kind.JOB)
        for claim_name, claim in args.claims.items()
        if claim.size is not None
    ]
    return [pod, *claims]
