"""What a rehearsal tries on a stack that is up, one module a scenario; each leaves the stack as it found it."""

from enum import Enum


class Scenario(str, Enum):
    """The scenarios, in the order in which they are held."""

    STEADY = "steady"
    TENANT = "tenant"
    ZONE = "zone"
    DRAIN = "drain"
    PEAK = "peak"
    ROLLOUT = "rollout"
    ROLLBACK = "rollback"
