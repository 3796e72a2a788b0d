"""The HTTPRoute of a model: hosts, path, headers and weights."""

from collections.abc import Mapping
from typing import Any

from gpuplane.platforms import PORTABLE
from gpuplane.serving.traffic.gateway.args import GatewayFacts
from gpuplane.serving.traffic.route.args import Backend, RouteShape


def http_route_spec(route: RouteShape, backends: Mapping[str, Backend], gateway: GatewayFacts) -> dict[str, Any]:
    """The spec of the HTTPRoute: a rule for each variant that a header names, then all variants by weight.

    A variant of weight 0 stays in the rule, so that giving it requests changes a number and nothing else.

    Args:
        route: Hosts, path and time.
        backends: The servers by variant.
        gateway: What it goes through.

    Example:
        >>> facts = GatewayFacts(name="inference", namespace="gateway", listener="https", policies="portable")
        >>> route = RouteShape(hosts=["api.example.com"], path="/bert")
        >>> http_route_spec(route, {"main": Backend(service="bert")}, facts)["rules"][0]["backendRefs"]
        [{'name': 'bert', 'port': 80, 'weight': 100}]
    """
    named = [
        _rule(route, gateway, {name: backend}, backend.headers)
        for name, backend in sorted(backends.items())
        if backend.headers
    ]
    parent = {"name": gateway.name, "namespace": gateway.namespace, "sectionName": gateway.listener}
    return {
        "parentRefs": [parent],
        "hostnames": sorted(set(route.hosts)),
        "rules": [*named, _rule(route, gateway, backends, {})],
    }


def _rule(
    route: RouteShape, gateway: GatewayFacts, backends: Mapping[str, Backend], headers: Mapping[str, str]
) -> dict[str, Any]:
    match: dict[str, Any] = {"path": {"type": "PathPrefix", "value": route.path}}
    if headers:
        match["headers"] = [{"type": "Exact", "name": name, "value": value} for name, value in sorted(headers.items())]
    rewrite = {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": route.rewrite}}
    return {
        "matches": [match],
        **({"filters": [{"type": "URLRewrite", "urlRewrite": rewrite}]} if route.rewrite is not None else {}),
        # GKE and AWS know no time limit in a route: theirs is in an object beside it.
        **({"timeouts": {"request": f"{route.timeout_seconds}s"}} if gateway.policies == PORTABLE else {}),
        "backendRefs": [
            {"name": one.service, "port": 80, "weight": 1 if headers else one.weight}
            for _, one in sorted(backends.items())
        ],
    }
