"""The verdict on a stack that needs no control plane to be told it cannot fit."""

from gpuplane.arguments.errors import DoesNotFitError
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.verdict import Verdict


def does_not_fit(stack: str, error: DoesNotFitError) -> Verdict:
    """Not ready, with a finding for each thing that asks for more than there would be.

    Args:
        stack: Name of the stack.
        error: What its config said of it.
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
