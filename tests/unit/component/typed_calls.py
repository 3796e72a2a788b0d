# pyright: strict
"""Calls as users write them; each line that a type checker has to refuse ends with a comment that says so."""

import gpuplane


def calls(tenant: gpuplane.TenantNamespace, pool: gpuplane.GkeGpuNodePool, zones: list[str]) -> None:
    server: gpuplane.ModelServerArgsDict = {
        "namespace": tenant.namespace,
        "runtime": "vllm",
        "gpu": {"pool": pool.facts},
        "scaling": {"max_replicas": 2},
        "env": {"LEVEL": "info", "NAMESPACE": tenant.namespace},
    }
    gpuplane.ModelServer("a", server)
    gpuplane.ModelServer("a", {**server, "port": 8000})
    gpuplane.ModelServer("a", {"namespace": "ml", "gpu": gpuplane.GpuRequest(pool=pool.facts)})
    gpuplane.ModelServer("a", {"namespace": "ml", "runtime": gpuplane.RuntimeName.VLLM})
    gpuplane.ModelServer("a", gpuplane.ModelServerArgs(namespace=tenant.namespace))
    gpuplane.GkeGpuNodePool("l4", {**place(), "machine_type": "g2-standard-8", "max_nodes": 2, "zones": zones})
    gpuplane.ModelServer("a", {"namespace": "ml", "imge": "a:v1"})  # error
    gpuplane.ModelServer("a", {"image": "a:v1"})  # error
    gpuplane.ModelServer("a", {"namespace": "ml", "image": 1})  # error
    gpuplane.ModelServer("a", {"namespace": "ml", "runtime": "vlm"})  # error
    gpuplane.ModelServer("a", {"namespace": "ml", "scaling": {"maxReplicas": 2}})  # error
    gpuplane.ModelServer("a", {"namespace": "ml", "extra_args": "--fast"})  # error
    gpuplane.ModelServer("a", gpuplane.GpuOperatorArgs(pools=[]))  # error


class Place(gpuplane.ExistingGkeClusterArgsDict):
    pass


def place() -> Place:
    return {"cluster": "ml", "project": "acme", "location": "us-central1"}
