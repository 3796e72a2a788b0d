"""The stack's training jobs."""

from collections.abc import Callable, Mapping, Sequence

import pulumi

import gpuplane
from cluster import Cluster
from gpuplane.stackconfig import StackConfig


def jobs_of(
    config: StackConfig,
    cluster: Cluster,
    tenants: Mapping[str, gpuplane.TenantNamespace],
    nodes: Sequence[pulumi.Resource],
    secret: Callable[[str], pulumi.Output[str]],
) -> dict[str, gpuplane.TrainingJob]:
    """Make each training job of the config.

    Args:
        config: The stack's config.
        cluster: Its cluster.
        tenants: Its tenants by name.
        nodes: What has to be there before GPU pods can be scheduled.
        secret: Looks up an encrypted config key.

    Returns:
        The jobs by name.
    """
    return {
        name: gpuplane.TrainingJob(
            name,
            gpuplane.TrainingJobArgs.merged(
                args,
                {
                    "namespace": tenants[config.jobs[name].tenant].namespace,
                    "priority_class": tenants[config.jobs[name].tenant].priority_classes["batch"],
                    "secrets": {variable: secret(key) for variable, key in config.jobs[name].secrets.items()},
                },
            ),
            cluster.inside(depends_on=nodes),
        )
        for name, args in config.job_args.items()
    }
