"""Whether each tenant's model servers and training jobs fit its quota."""

from collections.abc import Iterable, Sequence

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.paths import within
from gpuplane.serving.demand import demands
from gpuplane.sizing.quota import Demand, excesses
from gpuplane.stackconfig.rules.servers import Stack, job_args, server_args
from gpuplane.tenancy.args import TenantNamespaceArgs
from gpuplane.tenancy.quota import TenantQuota
from gpuplane.tenancy.quota_keys import QUOTA_ARGUMENTS
from gpuplane.training.demand import demands as job_demands


def tenant_problems(stack: Stack) -> Iterable[Problem]:
    """Find requests of servers and jobs beyond their tenant's quota, and GPUs that the quota does not count."""
    for name, tenant in stack.tenants.items():
        yield from within(f"tenants.{name}.quota", _quota_problems(tenant, *_asked(stack, name)))


def _asked(stack: Stack, tenant: str) -> tuple[list[Demand], list[Demand]]:
    """Return the demands of the tenant's servers, and of its jobs."""
    servers = [name for name, model in stack.models.items() if model.tenant == tenant]
    jobs = [name for name, job in stack.jobs.items() if job.tenant == tenant]
    return (
        [demand for name in servers for demand in demands(name, server_args(stack, name))],
        [demand for name in jobs for demand in job_demands(name, job_args(stack, name))],
    )


def _quota_problems(
    tenant: TenantNamespaceArgs, servers: Sequence[Demand], jobs: Sequence[Demand]
) -> Iterable[Problem]:
    quota = tenant.quota
    asked = [*servers, *jobs]
    for found in excesses(tenant.hard, asked):
        yield Problem(_argument(found.key, quota), found.message)
    # Servers have their tenant's priority class for serving, jobs the one for batch.
    for path, part, own in (("serving", quota.serving, servers), ("batch", quota.batch, jobs)):
        for found in excesses(part.hard, own) if part else ():
            yield Problem(f"{path}.{QUOTA_ARGUMENTS.get(found.key, found.key)}", found.message)
    yield from _uncounted(quota, asked)


def _uncounted(quota: TenantQuota, asked: Iterable[Demand]) -> Iterable[Problem]:
    """Find GPU resources that a quota on other GPU resources does not count."""
    counted = quota.gpus_by_resource
    for demand in asked if counted else ():
        for key in demand.each:
            resource = key.removeprefix("requests.")
            if "/" in resource and resource not in counted:
                yield Problem(
                    "gpu_resources",
                    f"must count every GPU resource, got {', '.join(counted)}, {demand.name} asks for "
                    f"{resource}, fix: {resource}: {int(demand.of(key))}",
                )


def _argument(key: str, quota: TenantQuota) -> str:
    """Return the argument for a key of the quota."""
    if key in QUOTA_ARGUMENTS:
        return QUOTA_ARGUMENTS[key]
    resource = key.removeprefix("requests.")
    return f"gpu_resources.{resource}" if resource in quota.gpu_resources else f"objects.{key}"
