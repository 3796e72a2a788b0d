"""What a stack's config may say. Keys are camelCase in the files; whatever repeats is a map keyed by name."""

from collections.abc import Iterable

from gpuplane.args import Args, within
from gpuplane.clusters.args import (
    EksClusterArgs,
    ExistingEksClusterArgs,
    ExistingGkeClusterArgs,
    GkeClusterArgs,
    KubeconfigClusterArgs,
)
from gpuplane.devices.args import DevicePluginShape
from gpuplane.errors import Problem, unknown
from gpuplane.nodepools.eks.args import EksGpuPoolShape
from gpuplane.nodepools.gke.args import GkeGpuPoolShape
from gpuplane.serving.args import ModelServerShape
from gpuplane.tenancy.args import TenantNamespaceArgs

_EITHER = "must name either a pool or an accelerator, got {}"


class ClusterConfig(Args):
    """The cluster: exactly one of these."""

    gke: GkeClusterArgs | None = None
    """A new GKE cluster."""

    existing_gke: ExistingGkeClusterArgs | None = None
    """A GKE cluster that is there."""

    eks: EksClusterArgs | None = None
    """A new EKS cluster."""

    existing_eks: ExistingEksClusterArgs | None = None
    """An EKS cluster that is there."""

    kubeconfig: KubeconfigClusterArgs | None = None
    """A cluster that a kubeconfig context names, such as kind's or minikube's."""

    def problems(self) -> Iterable[Problem]:
        """Exactly one cluster."""
        chosen = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(chosen) != 1:
            allowed = "gke, existingGke, eks, existingEks, kubeconfig"
            yield Problem("", f"must say exactly one kind of cluster, got {chosen or 'none'}, allowed: {allowed}")

    @property
    def platform(self) -> str | None:
        """`gke`, `eks`, or None for a kubeconfig context."""
        if self.gke or self.existing_gke:
            return "gke"
        return "eks" if self.eks or self.existing_eks else None


class PoolsConfig(Args):
    """The GPU node pools, by name, under the platform they are for."""

    gke: dict[str, GkeGpuPoolShape] = {}
    """GKE node pools; they go into the stack's GKE cluster."""

    eks: dict[str, EksGpuPoolShape] = {}
    """EKS node groups; they go into the stack's EKS cluster."""

    @property
    def names(self) -> list[str]:
        """The names of all pools."""
        return sorted({*self.gke, *self.eks})

    def problems(self) -> Iterable[Problem]:
        """Each pool's own."""
        for platform, pools in (("gke", self.gke), ("eks", self.eks)):
            for name, pool in pools.items():
                yield from within(f"{platform}.{name}", pool.problems())


class DevicesConfig(Args):
    """What advertises GPUs and watches over them."""

    nvidia_device_plugin: DevicePluginShape | None = None
    """NVIDIA's device plugin: needed on EKS, and on GKE for pools whose driver is `disabled`."""


class ModelGpuConfig(Args):
    """The GPUs of a model's replica."""

    count: int = 1
    """Whole GPUs a replica takes."""

    pool: str | None = None
    """Name of the pool whose accelerator it needs."""

    accelerator: str | None = None
    """Instead of a pool, the accelerator as the platform's node label spells it."""


class ModelConfig(ModelServerShape):
    """A model server, by the names of what it stands on."""

    tenant: str
    """Name of the tenant whose namespace it goes in."""

    gpu: ModelGpuConfig | None = None
    """GPUs of one replica. By default none, for a laptop."""

    secrets: dict[str, str] = {}
    """Secret environment variables: the name of the encrypted config key of each, to be set with
    `pulumi config set --secret KEY`."""


class StackConfig(Args):
    """The whole of a stack's config: base and overlay merged."""

    cluster: ClusterConfig
    """The cluster everything goes into."""

    pools: PoolsConfig = PoolsConfig()
    """GPU node pools by platform and name."""

    devices: DevicesConfig = DevicesConfig()
    """What advertises GPUs and watches over them."""

    tenants: dict[str, TenantNamespaceArgs]
    """Namespaces by the name that models call them by."""

    models: dict[str, ModelConfig] = {}
    """Model servers by name."""

    def problems(self) -> Iterable[Problem]:
        """Each part's own, then what the parts say of each other."""
        yield from within("cluster", self.cluster.problems())
        yield from within("pools", self.pools.problems())
        for name, tenant in self.tenants.items():
            yield from within(f"tenants.{name}", tenant.problems())
        for name, model in self.models.items():
            yield from within(f"models.{name}", [*model.problems(), *self._model_problems(model)])
        yield from self._platform_problems()

    def _model_problems(self, model: ModelConfig) -> Iterable[Problem]:
        if model.tenant not in self.tenants:
            yield Problem("tenant", unknown("tenant", model.tenant, list(self.tenants)))
        gpu = model.gpu
        if not gpu:
            return
        if (gpu.pool is None) == (gpu.accelerator is None):
            yield Problem("gpu", _EITHER.format("both, fix: set one to null" if gpu.pool else "neither"))
        if gpu.pool is not None and gpu.pool not in self.pools.names:
            yield Problem("gpu.pool", unknown("pool", gpu.pool, self.pools.names))
        if not self.cluster.platform:
            yield Problem("gpu", "must be left out on a kubeconfig cluster, whose nodes nobody knows, fix: gpu: null")

    def _platform_problems(self) -> Iterable[Problem]:
        for platform, pools in (("gke", self.pools.gke), ("eks", self.pools.eks)):
            if pools and self.cluster.platform != platform:
                yield Problem(
                    f"pools.{platform}",
                    f"must be on the stack's own platform, got {', '.join(pools)}, "
                    f"the cluster is {self.cluster.platform or 'a kubeconfig context'}",
                )
        if self.pools.eks and not self.devices.nvidia_device_plugin:
            yield Problem(
                "devices.nvidiaDevicePlugin",
                "required by EKS pools, whose AMI has no device plugin, fix: nvidiaDevicePlugin: {}",
            )
