"""A GPU pool and one model server on it, in a cluster that is there."""

import pulumi

from gpuplane import ExistingGkeCluster, GkeGpuNodePool, ModelServer, TenantNamespace

place = {"cluster": "ml", "project": "acme-ml", "location": "us-central1"}
cluster = ExistingGkeCluster("ml", place)
pool = GkeGpuNodePool("l4", {**place, "machineType": "g2-standard-8", "maxNodes": 4})

inside = pulumi.ResourceOptions(providers=[cluster.provider], depends_on=[pool])
tenant = TenantNamespace("serving", {"namespace": "ml-serving", "quota": {"gpus": 4}}, inside)
server = ModelServer(
    "bert",
    {
        "namespace": tenant.namespace,
        "image": "registry.example.com/ml-images/bert:v2.1.0",
        "gpu": {"pool": pool.facts},
        "cpu": {"request": "4", "limit": "7"},
        "memory": {"request": "16Gi", "limit": "16Gi"},
        "scaling": {"minReplicas": 2, "maxReplicas": 4},
    },
    inside,
)

pulumi.export("url", server.url)
