"""The verdict on a stack that does not fit by its config alone, without starting a control plane."""

from gpuplane.arguments.errors import DoesNotFitError
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.verdict import Verdict


def does_not_fit(stack: str, error: DoesNotFitError) -> Verdict:
    """Return a verdict with a finding for each request that exceeds what the stack would have.

    Args:
        stack: Name of the stack.
        error: The error of its config.
    """
    return Verdict(
        stack=stack,
        findings=[Finding(problem.path, problem.message, source="config") for problem in error.problems],
        pools=[],
        servers=[],
        gpus=[],
        quotas=[],
        scenarios=[],
        notes=[],
        seconds=0.0,
    )
