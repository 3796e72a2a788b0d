"""Whether each tenant's model servers fit its quota, before anything is made."""

from collections.abc import Iterable, Mapping

from gpuplane.args import within
from gpuplane.capacity.tenancy import Demand, excesses
from gpuplane.errors import Problem
from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.demand import demands
from gpuplane.stackconfig.models import ModelConfig
from gpuplane.tenancy.args import TenantNamespaceArgs
from gpuplane.tenancy.quota import GPU_RESOURCE, TenantQuota

_ARGUMENTS = {
    f"requests.{GPU_RESOURCE}": "gpus",
    "requests.cpu": "cpu",
    "requests.memory": "memory",
    "requests.storage": "storage",
    "persistentvolumeclaims": "persistent_volume_claims",
}


def tenant_problems(
    tenants: Mapping[str, TenantNamespaceArgs],
    models: Mapping[str, ModelConfig],
    servers: Mapping[str, ModelServerArgs],
) -> Iterable[Problem]:
    """What each tenant's servers ask for over its quota at their most, and GPUs that its quota does not count."""
    for name, tenant in tenants.items():
        own = {model: args for model, args in servers.items() if models[model].tenant == name}
        yield from within(f"tenants.{name}.quota", _quota_problems(tenant, own))


def _quota_problems(tenant: TenantNamespaceArgs, servers: Mapping[str, ModelServerArgs]) -> Iterable[Problem]:
    quota = tenant.quota
    asked = [demand for name, args in servers.items() for demand in demands(name, args)]
    for found in excesses(tenant.hard, asked):
        yield Problem(_argument(found.key, quota), found.message)
    if quota.serving:
        # Every model server has its tenant's class for serving.
        for found in excesses(quota.serving.hard, asked):
            yield Problem(f"serving.{_ARGUMENTS.get(found.key, found.key)}", found.message)
    yield from _uncounted(quota, asked)


def _uncounted(quota: TenantQuota, asked: Iterable[Demand]) -> Iterable[Problem]:
    """GPUs that go by a name which a quota on other GPUs does not count."""
    counted = quota.gpus_by_resource
    for demand in asked if counted else ():
        for key in demand.each:
            resource = key.removeprefix("requests.")
            if "/" in resource and resource not in counted:
                yield Problem(
                    "gpu_resources",
                    f"must count every name that GPUs go by, got {', '.join(counted)}, {demand.name} asks for "
                    f"{resource}, fix: {resource}: {int(demand.of(key))}",
                )


def _argument(key: str, quota: TenantQuota) -> str:
    """The argument that says this key of the quota."""
    if key in _ARGUMENTS:
        return _ARGUMENTS[key]
    resource = key.removeprefix("requests.")
    return f"gpu_resources.{resource}" if resource in quota.gpu_resources else f"objects.{key}"
