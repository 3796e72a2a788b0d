"""The arguments of a team's namespace."""

from collections.abc import Iterable

from gpuplane import quantity
from gpuplane.args import Args, within
from gpuplane.component import ComponentArgs
from gpuplane.errors import Problem


class TenantQuota(Args):
    """The most that all pods of a namespace may ask for together."""

    gpus: int | None = None
    """GPUs. Only requests are counted, since for GPUs they equal limits: a quota on limits counts nothing."""

    cpu: str | None = None
    """CPU requests, such as `32`."""

    memory: str | None = None
    """Memory requests, such as `128Gi`."""

    persistent_volume_claims: int | None = None
    """Number of volume claims."""

    def problems(self) -> Iterable[Problem]:
        """Quantities must be ones, counts not negative."""
        for path, text in (("cpu", self.cpu), ("memory", self.memory)):
            try:
                quantity.parse(text or "0")
            except ValueError as error:
                yield Problem(path, str(error))
        for path, count in (("gpus", self.gpus), ("persistent_volume_claims", self.persistent_volume_claims)):
            if count is not None and count < 0:
                yield Problem(path, f"must be at least 0, got {count}")

    @property
    def hard(self) -> dict[str, str]:
        """The quota as Kubernetes spells it."""
        limits = {
            "requests.nvidia.com/gpu": self.gpus,
            "requests.cpu": self.cpu,
            "requests.memory": self.memory,
            "persistentvolumeclaims": self.persistent_volume_claims,
        }
        return {key: str(value) for key, value in limits.items() if value is not None}


class TenantNamespaceArgs(ComponentArgs):
    """Arguments of `TenantNamespace`."""

    namespace: str
    """Name of the namespace to make, such as `ml-prod`."""

    quota: TenantQuota = TenantQuota()
    """What its pods may use together. By default as much as there is."""

    pod_security: str = "restricted"
    """Pod security level that is enforced: `restricted`, `baseline` or `privileged`."""

    labels: dict[str, str] = {}
    """Labels beside the ones for pod security."""

    def problems(self) -> Iterable[Problem]:
        """The rules over single values that their types cannot say."""
        levels = ("restricted", "baseline", "privileged")
        if self.pod_security not in levels:
            yield Problem("pod_security", f"unknown level, got {self.pod_security!r}, allowed: {', '.join(levels)}")
        yield from within("quota", self.quota.problems())
