"""The node autoscalers of the stack's EKS cluster."""

import pulumi

import gpuplane
from cluster import Cluster
from gpuplane.stackconfig import StackConfig
from gpuplane.stackconfig.rules.karpenter import node_roles


def autoscaler_of(config: StackConfig, cluster: Cluster) -> list[pulumi.Resource]:
    """Make the cluster autoscaler where the stack installs one."""
    if not config.cluster.makes_autoscaler(config.pools.may_grow):
        return []
    shape = {key: value for key, value in config.cluster.autoscaler.explicitly_set().items() if key != "enabled"}
    args = gpuplane.ClusterAutoscalerArgs.merged(shape, cluster.autoscaler)
    return [gpuplane.ClusterAutoscaler("autoscaler", args, cluster.both())]


def karpenter_of(config: StackConfig, cluster: Cluster) -> "gpuplane.Karpenter | None":
    """Make Karpenter where the stack installs it."""
    if not config.cluster.makes_karpenter(bool(config.pools.karpenter)):
        return None
    shape = {key: value for key, value in config.cluster.karpenter.explicitly_set().items() if key != "enabled"}
    own = {"cluster": cluster.name, "node_roles": node_roles(config.cluster, config.pools)}
    return gpuplane.Karpenter("karpenter", gpuplane.KarpenterArgs.merged(shape, own), cluster.both())
