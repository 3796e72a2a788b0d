"""What a namespace is for, and what is different by that."""

from enum import Enum


class TenantPreset(str, Enum):
    """What a namespace is for."""

    SERVING = "serving"
    TRAINING = "training"


# A training namespace serves nobody: nothing in it may be opened to the world.
OBJECTS: dict[TenantPreset, dict[str, int]] = {
    TenantPreset.SERVING: {},
    TenantPreset.TRAINING: {"services.loadbalancers": 0, "services.nodeports": 0},
}
