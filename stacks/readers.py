"""Permission to read the buckets of the stack's models."""

import pulumi

import gpuplane
from cluster import Cluster
from gpuplane.platforms import Platform
from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.artefacts.uri import Scheme
from gpuplane.stackconfig import StackConfig


def reader_of(config: StackConfig, cluster: Cluster, name: str, server: ModelServerArgs) -> list[pulumi.Resource]:
    """Let a server's pods read its model where that is in a bucket of the cluster's own cloud.

    Returns:
        What the server has to wait for.
    """
    uri = server.uri
    if not uri:
        return []
    asks = {"bucket": uri.place, "namespace": server.namespace, "service_account": name}
    gke = config.cluster.gke or config.cluster.existing_gke
    if uri.scheme is Scheme.GCS and gke:
        args = gpuplane.GkeBucketReaderArgs.merged(asks, {"project": gke.project})
        return [gpuplane.GkeBucketReader(f"{name}-reader", args, cluster.beside())]
    if uri.scheme is Scheme.S3 and config.cluster.platform is Platform.EKS:
        args = gpuplane.EksBucketReaderArgs.merged(asks, {"cluster": cluster.name, "prefix": uri.path})
        return [gpuplane.EksBucketReader(f"{name}-reader", args, cluster.beside())]
    return []
