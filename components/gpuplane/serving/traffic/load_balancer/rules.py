"""Rules of a model's own load balancer."""

import ipaddress
from collections.abc import Iterator

from gpuplane.arguments.errors import Problem
from gpuplane.platforms import Platform, facts
from gpuplane.serving.traffic.load_balancer.fields import LoadBalancerFields


def platform_problems(balancer: LoadBalancerFields, platform: Platform) -> Iterator[Problem]:
    """Require TLS or source ranges on the internet, and a certificate only where it can be used.

    Args:
        balancer: The load balancer.
        platform: The platform of its cluster.
    """
    for index, network in enumerate(balancer.source_ranges):
        try:
            ipaddress.ip_network(network)
        except ValueError:
            yield Problem(f"source_ranges[{index}]", f"must be a network, got {network!r}, such as 203.0.113.0/24")
    if balancer.certificate_arn is not None and not facts(platform).load_balancer.certificate_annotation:
        yield Problem("certificate_arn", "must be left out except on EKS, whose load balancers terminate TLS with it")
    is_open = not balancer.source_ranges or any(network in ("0.0.0.0/0", "::/0") for network in balancer.source_ranges)
    if not balancer.internal and is_open and balancer.certificate_arn is None:
        yield Problem(
            "internal",
            "must be true, got false: a server on the internet without TLS is refused, "
            "fix: internal: true, source_ranges, on EKS certificate_arn, or expose it through a Gateway",
        )
