"""Findings for resources that were refused."""

from gpuplane.recording import Recording, Refusal
from gpuplane.rehearsal.verdict.findings import Finding


def refusals(recording: Recording) -> list[Finding]:
    """Return a finding for each reason of a refusal, and for each resource skipped because of one."""
    refused = [
        Finding(f"{failure.type} {failure.name}".strip(), "refused", line.strip(), failure.error.source)
        for failure in recording.failures
        if isinstance(failure.error, Refusal)
        for line in failure.error.reasons
    ]
    names = {resource.urn: f"{resource.type} {resource.name}" for resource in recording.resources}
    skipped = [
        Finding(names[urn], "not created", "a resource that it depends on was refused", "engine")
        for urn in recording.skipped
    ]
    return [*refused, *skipped]
