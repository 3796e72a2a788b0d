"""All rules, one module per topic."""

from gpuplane.policy.rules import (
    autoscaling,
    availability,
    exposure,
    images,
    probes,
    providers,
    resources,
    secrets,
    security,
    tenancy,
)

RULES = (
    *images.RULES,
    *resources.RULES,
    *probes.RULES,
    *security.RULES,
    *tenancy.RULES,
    *exposure.RULES,
    *availability.RULES,
    *autoscaling.RULES,
    *secrets.RULES,
    *providers.RULES,
)
