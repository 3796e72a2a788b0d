"""A GPU pool and one model server on it, in an existing cluster."""

import pulumi
import pulumi_gcp as gcp

from gpuplane import ExistingGkeCluster, GkeGpuNodePool, ModelServer, TenantNamespace

IMAGE = (
    "registry.example.com/ml-images/bert:v2.1.0@sha256:31b0335e2f15f246dab145afec7b02c1de436cf54934c1c5943dfb23c238b6cd"
)

google = pulumi.ResourceOptions(providers=[gcp.Provider("google", project="acme-ml")])
cluster = ExistingGkeCluster("ml", {"cluster": "ml", "project": "acme-ml", "location": "us-central1"}, google)
pool = GkeGpuNodePool(
    "l4",
    {
        "cluster": "ml",
        "project": "acme-ml",
        "location": "us-central1",
        "machine_type": "g2-standard-8",
        "max_nodes": 4,
    },
    google,
)

inside = pulumi.ResourceOptions(providers=[cluster.provider], depends_on=[pool])
tenant = TenantNamespace(
    "serving", {"namespace": "ml-serving", "quota": {"gpus": 4, "cpu": "32", "memory": "128Gi"}}, inside
)
server = ModelServer(
    "bert",
    {
        "namespace": tenant.namespace,
        "image": IMAGE,
        "gpu": {"pool": pool.facts},
        "cpu": {"request": "4", "limit": "7"},
        "memory": {"request": "16Gi", "limit": "16Gi"},
        "scaling": {"min_replicas": 2, "max_replicas": 4},
    },
    inside,
)

pulumi.export("url", server.url)
