"""Whether requests to a model pass its tenant's network policies."""

from collections.abc import Iterable, Mapping

from gpuplane.arguments.errors import Problem
from gpuplane.platforms import PORTABLE, Platform, gateway_class
from gpuplane.serving.traffic.gateway.rules import class_of, platform_problems
from gpuplane.stackconfig.sections.gateway import GatewayConfig
from gpuplane.stackconfig.sections.models import ModelConfig
from gpuplane.tenancy.args import TenantNamespaceArgs
from gpuplane.tenancy.network import GOOGLE_FRONT_ENDS
from gpuplane.tenancy.preset import TenantPreset


def network_reachability_problems(
    gateway: GatewayConfig | None,
    platform: Platform,
    models: Mapping[str, ModelConfig],
    tenants: Mapping[str, TenantNamespaceArgs],
) -> Iterable[Problem]:
    """Find routes whose requests a network policy of the tenant would drop.

    Args:
        gateway: The stack's gateway.
        platform: The platform of the cluster.
        models: The models by name.
        tenants: Their tenants by name.
    """
    through: list[str] = []
    for name, model in models.items():
        tenant = tenants.get(model.tenant)
        if not model.route or not tenant:
            continue
        if tenant.preset is TenantPreset.TRAINING:
            yield Problem(
                f"models.{name}.route",
                f"not allowed in tenant {model.tenant}, whose preset training admits no gateway, "
                f"fix: tenants.{model.tenant}.preset: serving",
            )
        elif model.route.exposure == "gateway" and model.tenant not in through:
            through.append(model.tenant)
    if gateway and not list(platform_problems(gateway, platform)):
        for name in through:
            yield from _gateway_problems(f"tenants.{name}.network", gateway, platform, tenants[name])


def _gateway_problems(
    path: str, gateway: GatewayConfig, platform: Platform, tenant: TenantNamespaceArgs
) -> Iterable[Problem]:
    known = gateway_class(str(class_of(gateway, platform)))
    if known.policies == PORTABLE and gateway.namespace not in tenant.network.gateway_namespaces:
        said = ", ".join(tenant.network.gateway_namespaces) or "none"
        yield Problem(
            f"{path}.gateway_namespaces",
            f"must include the namespace of the gateway's proxies, {gateway.namespace}, got {said}",
        )
    if known.callers and tenant.network.gateway_cidrs == GOOGLE_FRONT_ENDS:
        yield Problem(
            f"{path}.gateway_cidrs",
            f"must include the networks of gateway class {known.name!r}, whose requests come from {known.callers}, "
            "got Google's front ends only, fix: their networks, such as [10.0.4.0/24]",
        )
