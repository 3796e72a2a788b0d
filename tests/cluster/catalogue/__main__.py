"""A pool of one node for every machine type with whole NVIDIA GPUs, and a server with one GPU on each."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi

import gpuplane

sys.path.insert(0, str(Path(__file__).parent))

from shapes import PLACE, eks_shapes, gke_shapes

ONE = {
    "image": f"registry.example.com/server:v1@sha256:{'0' * 64}",
    "cpu": {"request": "100m", "limit": "1"},
    "memory": {"request": "128Mi", "limit": "1Gi"},
    "scaling": {"min_replicas": 1, "max_replicas": 1},
}


def pools() -> Iterator[Any]:
    for name, shape in gke_shapes().items():
        yield gpuplane.GkeGpuNodePool(name, {**shape, **PLACE})
    for name, shape in eks_shapes().items():
        yield gpuplane.EksGpuNodePool(name, {**shape, "cluster": "all"})


cluster = gpuplane.ExistingGkeCluster("all", PLACE)
made = list(pools())
inside = pulumi.ResourceOptions(providers=[cluster.provider], depends_on=made)
own = [pool.facts for pool in made if pool.facts.advertiser == "nvidia-device-plugin"]
plugin = gpuplane.NvidiaDevicePlugin("gpus", {"pools": own}, inside)
tenant = gpuplane.TenantNamespace("serving", {"namespace": "serving"}, inside)

for pool in made:
    facts = pool.facts
    # Several pools have the same accelerator: this server is for the node of this one.
    here = {**facts.node_selector, "gpuplane.example/pool": facts.name}
    gpuplane.ModelServer(
        facts.name,
        {
            **ONE,
            "namespace": tenant.namespace,
            "gpu": {"pool": facts},
            "transforms": {"deployment": {"spec": {"template": {"spec": {"nodeSelector": here}}}}},
        },
        inside,
    )
