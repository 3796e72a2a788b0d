"""The purpose of a namespace, and the limits that follow from it."""

from enum import Enum


class TenantPreset(str, Enum):
    """The purpose of a namespace."""

    SERVING = "serving"
    TRAINING = "training"


# A training namespace serves no traffic, so nothing in it may be public.
OBJECTS: dict[TenantPreset, dict[str, int]] = {
    TenantPreset.SERVING: {},
    TenantPreset.TRAINING: {"services.loadbalancers": 0, "services.nodeports": 0},
}
