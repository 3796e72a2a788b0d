"""Policy findings in a verdict."""

from gpuplane.policy import Finding, Review
from gpuplane.rehearsal.verdict import findings

SOURCE = "policy"


def policy_notes(held: Review) -> list[str]:
    """Return a line for each policy finding that is not an error."""
    return [f"policy {one.severity.value}: {one}" for one in held.notes]


def as_rehearsed(finding: Finding) -> findings.Finding:
    """Convert a policy finding to a finding of the verdict."""
    where = f"{finding.path}: " if finding.path else ""
    return findings.Finding(finding.object, where + finding.message, f"{finding.fix} ({finding.rule})", SOURCE)
