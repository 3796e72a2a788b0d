"""The stack's training jobs, on the tenants and pools that they name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi

import gpuplane
from cluster import Cluster
from gpuplane.stackconfig import StackConfig
from gpuplane.stackconfig.sections.jobs import JobConfig
from pools import PoolComponents


def jobs_of(
    config: StackConfig,
    cluster: Cluster,
    tenants: Mapping[str, gpuplane.TenantNamespace],
    pools: PoolComponents,
    devices: Sequence[pulumi.Resource],
    secret: Callable[[str], pulumi.Output[str]],
) -> dict[str, gpuplane.TrainingJob]:
    """Each training job of the config, by name."""
    names = {"tenant", "gpu", "secrets"}
    return {
        name: gpuplane.TrainingJob(
            name,
            {
                **{key: value for key, value in job.explicitly_set().items() if key not in names},
                "namespace": tenants[job.tenant].namespace,
                "gpu": _gpu(config, job, pools),
                "priority_class": tenants[job.tenant].priority_classes["batch"],
                "secrets": {variable: secret(key) for variable, key in job.secrets.items()},
            },
            # GPU pods wait for their nodes, and nodes for what advertises their GPUs.
            cluster.inside(depends_on=[*pools.values(), *devices]),
        )
        for name, job in config.jobs.items()
    }


def _gpu(config: StackConfig, job: JobConfig, pools: PoolComponents) -> dict[str, Any] | None:
    if not job.gpu:
        return None
    where = (
        {"pool": config.devices.facts(pools[job.gpu.pool].facts)}
        if job.gpu.pool is not None
        else {"accelerator": job.gpu.accelerator, "platform": config.cluster.platform}
    )
    return {"count": job.gpu.count, "resource": job.gpu.resource, **where}
