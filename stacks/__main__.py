"""The stack program: deploys what the config of the current stack describes."""

import pulumi

from environment import deploy
from gpuplane.stackconfig import from_pulumi

settings = pulumi.Config()
deploy(from_pulumi(settings, pulumi.get_stack()), settings.require_secret)
