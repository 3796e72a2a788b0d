"""NetworkPolicies of a tenant's namespace."""

import ipaddress
import re
from collections.abc import Iterable
from typing import Any

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.kubernetes.names import is_namespace
from gpuplane.platforms import Platform, all_facts, facts
from gpuplane.tenancy.preset import TenantPreset

# Google front ends and health checks, which connect to pods directly.
GOOGLE_FRONT_ENDS = list(facts(Platform.GKE).load_balancer_cidrs)

_CREDENTIALS = [endpoint for table in all_facts().values() for endpoint in table.credential_endpoints]
_DNS_ADDRESSES = list(dict.fromkeys(cidr for table in all_facts().values() for cidr in table.dns_cidrs))

# Private, link-local and shared address space.
_PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"]


class TenantNetwork(Args):
    """Allowed connections. All others are denied in both directions."""

    gateway_namespaces: list[str] = ["inference-gateway", "gateway-system", "envoy-gateway-system", "ingress-nginx"]
    """Namespaces whose pods may call the tenant's servers: those of gateways and ingress controllers. The proxies of a
    gateway run in its own namespace, by default `inference-gateway`, or in that of its controller."""

    gateway_cidrs: list[str] = GOOGLE_FRONT_ENDS
    """Addresses that may call the tenant's servers: load balancers that connect to pods directly. Default: Google's
    front ends, the sources of global load balancers. On EKS, use the subnets of the load balancers; for GKE's regional
    and internal gateways, the proxy-only subnet; for a load balancer that preserves client addresses, the clients'."""

    monitoring_namespaces: list[str] = ["monitoring", "gmp-system"]
    """Namespaces whose pods may scrape the tenant's pods."""

    https_cidrs: list[str] = ["0.0.0.0/0"]
    """External addresses that pods may call by HTTPS, such as object stores with models. `0.0.0.0/0` excludes private
    addresses. With an empty list, pods reach only DNS, credentials and their own namespace."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield names that are no namespaces, and CIDRs that are no networks."""
        for path in ("gateway_namespaces", "monitoring_namespaces"):
            for index, name in enumerate(getattr(self, path)):
                if not is_namespace(name):
                    yield Problem(f"{path}[{index}]", f"must be a namespace, got {name!r}, such as monitoring")
        for path in ("gateway_cidrs", "https_cidrs"):
            for index, cidr in enumerate(getattr(self, path)):
                if not _is_network(cidr):
                    yield Problem(f"{path}[{index}]", f"must be a CIDR, got {cidr!r}, such as 10.8.0.0/24")


def network_policies(args: TenantNetwork, preset: TenantPreset) -> dict[str, dict[str, Any]]:
    """Return the specs of the policies by name: a default deny, then one policy per allowed connection.

    Probes of the kubelet come from the pod's own node, which no policy blocks.
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
