"""What gives the stack's EKS pools more nodes than their fewest."""

import pulumi

import gpuplane
from cluster import Cluster
from gpuplane.stackconfig import StackConfig


def autoscaler_of(config: StackConfig, cluster: Cluster) -> list[pulumi.Resource]:
    """The cluster autoscaler, where the stack makes one."""
    if not config.cluster.makes_autoscaler(config.pools.may_grow):
        return []
    shape = {key: value for key, value in config.cluster.autoscaler.given().items() if key != "enabled"}
    return [gpuplane.ClusterAutoscaler("autoscaler", {**shape, **cluster.autoscaler}, cluster.both())]
