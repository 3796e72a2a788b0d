"""Who may talk to whom: the NetworkPolicies of a tenant's namespace."""

import ipaddress
import re
from collections.abc import Iterable
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.kubernetes.names import is_namespace
from gpuplane.platforms import Platform, all_facts, facts
from gpuplane.tenancy.preset import TenantPreset

# The addresses of Google's front ends and their health checks, which reach pods directly.
GOOGLE_FRONT_ENDS = list(facts(Platform.GKE).load_balancer_cidrs)

_CREDENTIALS = [endpoint for table in all_facts().values() for endpoint in table.credential_endpoints]
_DNS_ADDRESSES = list(dict.fromkeys(cidr for table in all_facts().values() for cidr in table.dns_cidrs))

# Not the internet: private, link-local and shared address space.
_PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"]


class TenantNetwork(Args):
    """What is let through; everything else is refused in both directions."""

    gateway_namespaces: list[str] = ["inference-gateway", "gateway-system", "envoy-gateway-system", "ingress-nginx"]
    """Namespaces whose pods may call the tenant's servers: where gateways and ingress controllers run. A gateway's
    proxies are in its own namespace, `inference-gateway` unless told, or in that of its controller."""

    gateway_cidrs: list[str] = GOOGLE_FRONT_ENDS
    """Addresses that may call the tenant's servers: cloud load balancers that reach pods directly. By default
    Google's front ends, from which global load balancers come. Name the networks of the load balancers' subnets on
    EKS, the proxy-only subnet's for GKE's regional and internal gateways, and the clients' own for a load balancer
    that passes their addresses on."""

    monitoring_namespaces: list[str] = ["monitoring", "gmp-system"]
    """Namespaces whose pods may scrape the tenant's pods."""

    https_cidrs: list[str] = ["0.0.0.0/0"]
    """Addresses outside that pods may call by HTTPS, such as the object stores that models are in; private addresses
    are never among those of `0.0.0.0/0`. An empty list leaves DNS, credentials and the namespace itself."""

    def own_problems(self) -> Iterable[Problem]:
        """Namespaces by name, and whole networks."""
        for path in ("gateway_namespaces", "monitoring_namespaces"):
            for index, name in enumerate(getattr(self, path)):
                if not is_namespace(name):
                    yield Problem(f"{path}[{index}]", f"must be a namespace's name, got {name!r}, such as monitoring")
        for path in ("gateway_cidrs", "https_cidrs"):
            for index, cidr in enumerate(getattr(self, path)):
                if not _is_network(cidr):
                    yield Problem(f"{path}[{index}]", f"must be a network, got {cidr!r}, such as 10.8.0.0/24")


def network_policies(args: TenantNetwork, preset: TenantPreset) -> dict[str, dict[str, Any]]:
    """The specs of the policies by name: all is denied, then each lets one thing through.

    Probes of the kubelet come from the pod's own node, which no policy keeps out.
    """
    everyone: dict[str, Any] = {"podSelector": {}}
    gateway = [*map(_namespace, args.gateway_namespaces), *map(_block, args.gateway_cidrs)]
    scrapers = [*map(_namespace, args.monitoring_namespaces)]
    policies: dict[str, dict[str, Any]] = {
        "default-deny": {**everyone, "policyTypes": ["Ingress", "Egress"]},
        "same-namespace": {
            **everyone,
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [{"podSelector": {}}]}],
            "egress": [{"to": [{"podSelector": {}}]}],
        },
        "dns": _egress([{"to": _dns(), "ports": [_port(53, "UDP"), _port(53, "TCP")]}]),
        "credentials": _egress([{"to": [_block(one.cidr)], "ports": [_port(one.port)]} for one in _CREDENTIALS]),
    }
    if args.https_cidrs:
        policies["https"] = _egress([{"to": [_outside(cidr) for cidr in args.https_cidrs], "ports": [_port(443)]}])
    if scrapers:
        policies["scraping"] = _ingress(scrapers)
    if gateway and preset is TenantPreset.SERVING:
        policies["gateway"] = _ingress(gateway)
    return policies


def _is_network(cidr: str) -> bool:
    try:
        ipaddress.ip_network(cidr)
    except ValueError:
        return False
    return bool(re.fullmatch(r"[^/]+/\d+", cidr))


def _ingress(peers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": peers}]}


def _egress(rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {"podSelector": {}, "policyTypes": ["Egress"], "egress": rules}


def _dns() -> list[dict[str, Any]]:
    return [_namespace("kube-system"), *map(_block, _DNS_ADDRESSES)]


def _namespace(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _block(cidr: str) -> dict[str, Any]:
    return {"ipBlock": {"cidr": cidr}}


def _outside(cidr: str) -> dict[str, Any]:
    return {"ipBlock": {"cidr": cidr, "except": _PRIVATE}} if cidr == "0.0.0.0/0" else _block(cidr)


def _port(number: int, protocol: str = "TCP") -> dict[str, Any]:
    return {"protocol": protocol, "port": number}
