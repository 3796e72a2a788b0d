"""The scenarios of a rehearsal: one module each, which leaves the stack as it found it."""

from enum import Enum


class Scenario(str, Enum):
    """The scenarios, in the order in which they run. Each is run by the module of this package with its name."""

    STEADY = "steady"
    TENANT = "tenant"
    ZONE = "zone"
    DRAIN = "drain"
    PEAK = "peak"
    ROLLOUT = "rollout"
    ROLLBACK = "rollback"
