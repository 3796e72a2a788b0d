"""Policy findings among a rehearsal's own."""

from gpuplane.policy import Finding, Review
from gpuplane.rehearsal.verdict import findings

SOURCE = "policy"


def policy_notes(held: Review) -> list[str]:
    """What stops nothing, a line each."""
    return [f"policy {one.severity.value}: {one}" for one in held.notes]


def as_rehearsed(finding: Finding) -> findings.Finding:
    """A policy finding among a rehearsal's own."""
    where = f"{finding.path}: " if finding.path else ""
    return findings.Finding(finding.object, where + finding.message, f"{finding.fix} ({finding.rule})", SOURCE)
