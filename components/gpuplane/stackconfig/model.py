"""The config of a stack. Keys are camelCase in the files; what there can be several of is a map by name."""

from collections.abc import Iterable
from functools import partial

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem, unknown
from gpuplane.arguments.paths import within
from gpuplane.platforms import Platform, facts
from gpuplane.policy.args import PolicyConfig
from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.artefacts.rules import image_volume_problems
from gpuplane.serving.traffic.gateway.rules import platform_problems
from gpuplane.stackconfig.rules.advertisers import advertiser_problems, exporter_problems
from gpuplane.stackconfig.rules.efa import efa_problems
from gpuplane.stackconfig.rules.karpenter import karpenter_problems
from gpuplane.stackconfig.rules.network_reachability import network_reachability_problems
from gpuplane.stackconfig.rules.peaks import peak_shortfalls
from gpuplane.stackconfig.rules.servers import Stack, job_args, placed_problems, server_args
from gpuplane.stackconfig.rules.tenants import tenant_problems
from gpuplane.stackconfig.sections.cluster import ClusterConfig
from gpuplane.stackconfig.sections.devices import DevicesConfig
from gpuplane.stackconfig.sections.gateway import GatewayConfig, clashes, through_gateway
from gpuplane.stackconfig.sections.jobs import JobConfig
from gpuplane.stackconfig.sections.machines import AcceleratorConfig, MachineConfig, own_hardware
from gpuplane.stackconfig.sections.models import ModelConfig
from gpuplane.stackconfig.sections.observability import ObservabilityConfig
from gpuplane.stackconfig.sections.pools import Pools, PoolsConfig
from gpuplane.stackconfig.sections.variants import Server, overlay_problems, servers_of, splits_of
from gpuplane.tenancy.args import TenantNamespaceArgs
from gpuplane.training.args import TrainingJobArgs

_EITHER = "must name either a pool or an accelerator, got {}"


class StackConfig(Args):
    """The config of a stack: base and overlay merged."""

    cluster: ClusterConfig
    """The cluster of all other sections."""

    accelerators: dict[str, AcceleratorConfig] = {}
    """Kinds of GPU that are not in gpuplane's catalogue, by the platform's name."""

    machines: dict[str, MachineConfig] = {}
    """Machine types that are not in gpuplane's catalogue, by the platform's name."""

    pools: PoolsConfig = PoolsConfig()
    """GPU node pools by kind and name."""

    devices: DevicesConfig = DevicesConfig()
    """Device plugins, drivers and GPU metrics."""

    tenants: dict[str, TenantNamespaceArgs]
    """Tenants' namespaces, by the names that models and jobs use."""

    models: dict[str, ModelConfig] = {}
    """Model servers by name."""

    jobs: dict[str, JobConfig] = {}
    """Training jobs by name."""

    gateway: GatewayConfig | None = None
    """The gateway that models' routes share. Default: none, so that no route can use one."""

    policy: PolicyConfig = PolicyConfig()
    """How strictly the policy applies, and exceptions to it."""

    observability: ObservabilityConfig | None = None
    """Monitoring of models and tenants. Default: none, since the cluster must have the Prometheus operator's kinds."""

    @property
    def servers(self) -> list[Server]:
        """The model servers: one for each model, or for each variant of one."""
        return list(servers_of(self.models))

    def shortages(self) -> Iterable[Problem]:
        """Find what asks for more than its quota, in a config without problems."""
        yield from tenant_problems(self._stack)

    def warnings(self) -> Iterable[str]:
        """Find what may ask for more than its pool can hold, in a config without problems."""
        for line in peak_shortfalls(self._stack):
            yield f"at max replicas not all pods would be scheduled: {line}"

    @property
    def server_args(self) -> dict[str, ModelServerArgs]:
        """The arguments of each model server by name; secrets are the names of their config keys."""
        stack = self._stack
        return {name: server_args(stack, name) for name in stack.models}

    @property
    def job_args(self) -> dict[str, TrainingJobArgs]:
        """The arguments of each training job by name; secrets are the names of their config keys."""
        stack = self._stack
        return {name: job_args(stack, name) for name in stack.jobs}

    @property
    def all_pools(self) -> Pools:
        """The pools of every kind."""
        return Pools(self.pools)

    @property
    def _stack(self) -> Stack:
        models = {server.name: server.config for server in self.servers}
        pools = {pool.name: self.devices.facts(pool.facts) for pool in self.all_pools}
        return Stack(self.tenants, models, self.jobs, pools, self.cluster.platform)

    def problems(self) -> Iterable[Problem]:
        """Find every broken rule in and between sections; if there is none, all that pools cannot run."""
        found = list(super().problems())
        yield from found or self._placed_problems()

    def _placed_problems(self) -> Iterable[Problem]:
        stack = self._stack
        check = partial(placed_problems, stack)
        for name, model in self.models.items():
            yield from within(f"models.{name}", check(model))
            for variant in model.variants:
                yield from within(f"models.{name}", overlay_problems(model, variant, check))
        for name in self.jobs:
            yield from within(f"jobs.{name}", job_args(stack, name).problems())

    def own_problems(self) -> Iterable[Problem]:
        """Check the rules over several sections."""
        yield from own_hardware(self.accelerators, self.machines)[1]
        if not any(self.pools.problems()) and not any(self.devices.problems()):
            yield from advertiser_problems(self.devices, self.all_pools)
            yield from exporter_problems(self.devices, self.cluster)
            yield from efa_problems(self.devices, self.all_pools)
        for name, model in self.models.items():
            yield from within(f"models.{name}", self._model_problems(model))
            for variant in model.variants:
                yield from within(f"models.{name}", overlay_problems(model, variant, self._all_of_model))
        for name, job in self.jobs.items():
            yield from within(f"jobs.{name}", self._model_problems(job))
        yield from self._traffic_problems()
        if self.observability:
            yield from self.observability.model_problems({name: one.scaling for name, one in self.models.items()})
        yield from self._platform_problems()

    def _all_of_model(self, model: ModelConfig) -> Iterable[Problem]:
        yield from model.problems()
        yield from self._model_problems(model)

    def _traffic_problems(self) -> Iterable[Problem]:
        routes = {name: model.route for name, model in self.models.items() if model.route}
        for name, route in routes.items():
            refused = route.exposure_problems(splits_of(self.models[name]), self.cluster.platform)
            yield from within(f"models.{name}.route", refused)
        for name, problem in clashes(routes):
            yield from within(f"models.{name}.route", [problem])
        if self.gateway:
            yield from within("gateway", platform_problems(self.gateway, self.cluster.platform))
        elif first := next(iter(through_gateway(routes)), None):
            yield Problem(
                "gateway",
                f"required by the route of {first}, got nothing, "
                "such as gateway: {issuer: letsencrypt-prod}, or another exposure",
            )
        yield from network_reachability_problems(self.gateway, self.cluster.platform, self.models, self.tenants)
        names = [name if variant == "main" else f"{name}-{variant}" for name, variant in self._variant_names()]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Problem(f"models.{name}", "duplicate name, got one that a variant's server has as well")

    def _variant_names(self) -> Iterable[tuple[str, str]]:
        for name, model in self.models.items():
            for variant in splits_of(model):
                yield name, variant

    def _model_problems(self, model: ModelConfig | JobConfig) -> Iterable[Problem]:
        if isinstance(model, ModelConfig) and model.model is not None:
            yield from image_volume_problems(model.model, self.cluster.version)
        if model.tenant not in self.tenants:
            yield Problem("tenant", unknown("tenant", model.tenant, list(self.tenants)))
        gpu = model.gpu
        if not gpu:
            return
        if (gpu.pool is None) == (gpu.accelerator is None):
            yield Problem("gpu", _EITHER.format("both, fix: set one to null" if gpu.pool else "neither"))
        pools = self.all_pools.names
        if gpu.pool is not None and gpu.pool not in pools:
            yield Problem("gpu.pool", unknown("pool", gpu.pool, pools))
        if self.cluster.platform is Platform.KUBECONFIG:
            yield Problem("gpu", "not supported with cluster.kubeconfig, whose nodes are unknown, fix: gpu: null")

    def _platform_problems(self) -> Iterable[Problem]:
        yield from karpenter_problems(self.cluster, self.pools)
        for kind, pools in self.all_pools.by_kind.items():
            if self.cluster.platform is not kind.platform:
                yield Problem(
                    f"pools.{kind.key}",
                    f"not supported on this cluster, got {', '.join(pool.name for pool in pools)}, "
                    f"the cluster is {facts(self.cluster.platform).title}",
                )
        for name, pool in self.pools.gke.items():
            if pool.network.additional_networks and self.cluster.gke and not self.cluster.gke.multi_networking:
                yield Problem(
                    f"pools.gke.{name}.network.additional_networks",
                    "requires a cluster with multi-networking, fix: cluster.gke.multi_networking: true",
                )
