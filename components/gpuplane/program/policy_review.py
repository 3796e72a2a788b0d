"""The policy review of a program's run."""

import datetime
from collections.abc import Mapping
from typing import Any

from gpuplane.policy import Review, review, subjects
from gpuplane.policy.stack import policy_config
from gpuplane.program.project import StackSettings
from gpuplane.recording import Recording


def policy_review(
    settings: StackSettings,
    recording: Recording,
    objects: Mapping[str, Mapping[str, Any]],
    today: datetime.date | None = None,
) -> Review:
    """Check the resources of a run against the policy rules.

    Args:
        settings: What the program was run with.
        recording: What it registered.
        objects: The Kubernetes objects by URN.
        today: As for `gpuplane.policy.review`.
    """
    config = policy_config(settings.project, settings.stack, settings.config)
    return review(subjects(recording.resources, objects), config, today)
