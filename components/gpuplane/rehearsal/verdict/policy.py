"""The policy review of a program's run."""

import datetime
from collections.abc import Mapping
from typing import Any

from gpuplane.policy import Finding, Review, review, subjects
from gpuplane.policy.stack import policy_config
from gpuplane.program.project import StackSettings
from gpuplane.recording import Recording
from gpuplane.rehearsal.verdict import findings

SOURCE = "policy"


def policy_review(
    settings: StackSettings,
    recording: Recording,
    objects: Mapping[str, Mapping[str, Any]],
    today: datetime.date | None = None,
) -> Review:
    """Holds what a run made to the rules.

    Args:
        settings: What the program was run with.
        recording: What it registered.
        objects: The Kubernetes objects by URN.
        today: As for `gpuplane.policy.review`.
    """
    config = policy_config(settings.project, settings.stack, settings.config)
    return review(subjects(recording.resources, objects), config, today)


def policy_notes(held: Review) -> list[str]:
    """What stops nothing, a line each."""
    return [f"policy {one.severity.value}: {one}" for one in held.notes]


def as_rehearsed(finding: Finding) -> findings.Finding:
    """A policy finding among a rehearsal's own."""
    where = f"{finding.path}: " if finding.path else ""
    return findings.Finding(finding.object, where + finding.message, f"{finding.fix} ({finding.rule})", SOURCE)
