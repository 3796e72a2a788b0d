"""The stack program: this stack's config in, the platform out."""

import pulumi

from environment import deploy
from gpuplane.stackconfig import from_pulumi

settings = pulumi.Config()
deploy(from_pulumi(settings, pulumi.get_stack()), settings.require_secret)
