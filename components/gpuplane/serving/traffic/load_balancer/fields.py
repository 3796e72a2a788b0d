"""The arguments of a model's own load balancer."""

from gpuplane.arguments.base import Args


class LoadBalancerFields(Args):
    """Settings of a load balancer in front of one server."""

    internal: bool = True
    """Whether it is reachable from the cluster's network only."""

    source_ranges: list[str] = []
    """Networks that may reach it, such as `203.0.113.0/24`. Default: no restriction."""

    certificate_arn: str | None = None
    """On EKS, the ARN of the ACM certificate with which it terminates TLS."""
