"""The shared gateway, and each model's route, Ingress or load balancer."""

from collections.abc import Mapping

import gpuplane
from cluster import Cluster
from gpuplane.serving.traffic.load_balancer.fields import LoadBalancerFields
from gpuplane.stackconfig import StackConfig
from gpuplane.stackconfig.sections.gateway import RouteConfig

Tenants = Mapping[str, "gpuplane.TenantNamespace"]
Servers = Mapping[str, "gpuplane.ModelServer"]


def gateway_of(config: StackConfig, cluster: Cluster, tenants: Tenants) -> "gpuplane.InferenceGateway | None":
    """Make the gateway for the hosts and tenants of all its routes; None where no route needs one."""
    through = {
        name: model for name, model in config.models.items() if model.route and model.route.exposure == "gateway"
    }
    if not config.gateway or not through:
        return None
    routes = [model.route for model in through.values() if model.route]
    own = {
        "platform": config.cluster.platform,
        "hosts": sorted({host for route in routes for host in route.hosts}),
        "namespaces": [tenants[name].namespace for name in sorted({model.tenant for model in through.values()})],
        "idle_seconds": max(route.timeout_seconds for route in routes),
    }
    return gpuplane.InferenceGateway(
        "gateway", gpuplane.InferenceGatewayArgs.merged(config.gateway, own), cluster.inside()
    )


def endpoints_of(
    config: StackConfig,
    cluster: Cluster,
    tenants: Tenants,
    servers: Servers,
    gateway: "gpuplane.InferenceGateway | None",
) -> dict[str, "gpuplane.ModelRoute | gpuplane.ModelIngress | gpuplane.ModelLoadBalancer"]:
    """Make the endpoint of each model that has a route.

    Returns:
        The endpoints by the names of their models.
    """
    endpoints: dict[str, gpuplane.ModelRoute | gpuplane.ModelIngress | gpuplane.ModelLoadBalancer] = {}
    for name, model in config.models.items():
        if not model.route:
            continue
        place = {"namespace": tenants[model.tenant].namespace}
        if model.route.exposure == "loadBalancer":
            balancer = model.route.load_balancer or LoadBalancerFields()
            behind = next(server for server in config.servers if server.model == name)
            own = {"platform": config.cluster.platform, "selector": servers[behind.name].labels}
            transforms = {"transforms": model.route.transforms}
            args = gpuplane.ModelLoadBalancerArgs.merged(transforms, balancer, place, own)
            endpoints[name] = gpuplane.ModelLoadBalancer(name, args, cluster.inside())
            continue
        settings = {**_route(model.route), **place, "backends": _backends(config, name, servers)}
        if model.route.exposure == "ingress":
            args = gpuplane.ModelIngressArgs.merged(settings, {"ingress": model.route.ingress})
            endpoints[name] = gpuplane.ModelIngress(name, args, cluster.inside())
        else:
            assert gateway
            inside = cluster.inside(depends_on=[gateway])
            args = gpuplane.ModelRouteArgs.merged(settings, {"gateway": gateway.facts})
            endpoints[name] = gpuplane.ModelRoute(name, args, inside)
    return endpoints


def _route(route: RouteConfig) -> dict[str, object]:
    settings = {"exposure", "ingress", "load_balancer"}
    return {key: value for key, value in route.explicitly_set().items() if key not in settings}


def _backends(config: StackConfig, model: str, servers: Servers) -> dict[str, dict[str, object]]:
    """Return the servers behind a model's endpoint by variant, whose names are known when they exist."""
    return {
        one.variant: {
            "weight": one.split.weight,
            "headers": one.split.headers,
            "cookie": one.split.cookie,
            "service": servers[one.name].name_of(servers[one.name].service),
            "health_path": one.config.ready_path,
            "port": one.config.http_port,
            "grace_seconds": one.config.grace_seconds,
        }
        for one in config.servers
        if one.model == model
    }
