"""Lookups of gateway classes over all platforms."""

from gpuplane.platforms.facts import GatewayClass
from gpuplane.platforms.platform import Platform
from gpuplane.platforms.tables import all_facts, facts

PORTABLE = "portable"


def default_gateway_class(platform: Platform, internal: bool) -> str | None:
    """Return the class of the platform's own controller; None without one.

    Example:
        >>> default_gateway_class(Platform.GKE, internal=False)
        'gke-l7-global-external-managed'
    """
    found = facts(platform)
    return (found.default_internal_gateway_class if internal else found.default_gateway_class) or None


def gateway_class(name: str) -> GatewayClass:
    """Return what is known of a class; of an unknown one, what Gateway API guarantees.

    Example:
        >>> gateway_class("envoy").policies
        'portable'
    """
    known = (found for table in all_facts().values() for found in table.gateway_classes)
    return next((found for found in known if found.name == name), GatewayClass(name, policies=PORTABLE))
