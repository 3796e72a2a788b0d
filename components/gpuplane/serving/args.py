"""The arguments of a model server."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.arguments.paths import within
from gpuplane.component.base import ComponentArgs
from gpuplane.kubernetes import quantity
from gpuplane.kubernetes.images import image_problems
from gpuplane.kubernetes.names import annotation_problems, key_problems
from gpuplane.serving.artefacts.problems import model_problems
from gpuplane.serving.artefacts.uri import ModelUri, parse
from gpuplane.serving.lifecycle import grace_seconds
from gpuplane.serving.probes import Probes
from gpuplane.serving.runtimes.catalogue import Runtime, RuntimeName, runtime
from gpuplane.serving.scaling.args import Scaling
from gpuplane.serving.storage import SINGLE, ModelStorage
from gpuplane.workloads.compute import Compute, machine_share
from gpuplane.workloads.gpu import GpuRequest
from gpuplane.workloads.variables import clash_problems, name_problems

COMPUTE_REQUIRED = "required without a pool, whose machine's share would be the default, got nothing"


class ModelServerShape(ComponentArgs):
    """A model server, wherever it runs."""

    runtime: RuntimeName = RuntimeName.REFERENCE
    """What serves the model: it decides image, ports, probe paths, metrics and how the server is told of its model.
    `reference` stands for every image that answers like this project's own server."""

    image: Input[str] | None = None
    """The server's image, with a tag or a digest; it runs as a user other than root and may write to `/tmp`, `/cache`
    and `/dev/shm` only. By default the runtime's own; `reference` has none."""

    model: str | None = None
    """Where the model is: `gs://bucket/path`, `s3://bucket/path`, `hf://owner/name@revision`, `https://host/file`,
    `oci://registry/repository@sha256:...` (an image volume: Kubernetes 1.35), `pvc://claim/path`, or `file:///path` of
    a node on a laptop. A path that ends with a slash is a folder. By default what `storage` says, or nothing."""

    storage: ModelStorage = ModelStorage()
    """Where the model's files are kept and mounted. By default a directory of each pod's own."""

    cpu: Compute | None = None
    """CPU of one replica, in cores. By default its share of the pool's machine by its GPUs; required without a pool."""

    memory: Compute | None = None
    """Memory of one replica. By default its share of the pool's machine by its GPUs; required without a pool."""

    shared_memory: str | None = None
    """The most of its memory that a replica may share between its processes, in `/dev/shm`. By default a quarter of
    its limit."""

    cache_size: str = "10Gi"
    """The most that a replica may write to `/cache`, where what it compiles or downloads by itself goes."""

    port: int | None = None
    """Where the server listens. By default the runtime's port."""

    command: list[str] | None = None
    """What to run instead of the runtime's command and arguments."""

    extra_args: list[str] = []
    """Arguments behind the runtime's own, such as `--max-model-len=8192` for vLLM."""

    env: dict[str, Input[str]] = {}
    """Environment variables that are no secret, kept in a ConfigMap: a change rolls the pods."""

    probes: Probes = Probes()
    """How Kubernetes knows that it works."""

    scaling: Scaling = Scaling()
    """How many replicas there are."""

    longest_request_seconds: int = 30
    """How long one request may take: a replica that has to go has this time to answer its last ones."""

    tolerations: list[dict[str, Any]] | None = None
    """Taints it stands. By default, with GPUs, those of GPU nodes."""

    affinity: dict[str, Any] | None = None
    """Affinity of the pod, as Kubernetes spells it, beside the spread over zones and nodes."""

    readiness_gates: list[str] = []
    """Conditions that somebody else sets when traffic may come, such as a load balancer's controller that does not
    add them to pods by itself."""

    priority_class: Input[str] | None = None
    """Its rank; take it from `TenantNamespace.priority_classes`. By default none."""

    service_account_annotations: dict[str, Input[str]] = {}
    """Annotations of its service account, for clouds that grant access by them, such as
    `iam.gke.io/gcp-service-account`."""

    run_as_user: int = 1000
    """The user id of its processes, never 0."""

    def own_problems(self) -> Iterable[Problem]:
        """The rules over several arguments."""
        for path, part in (
            ("cpu", self.cpu),
            ("memory", self.memory),
            ("probes", self.probes),
            ("scaling", self.scaling),
            ("storage", self.storage),
        ):
            if part is not None:
                yield from within(path, part.problems())
        yield from model_problems(self.model, self.storage, self.runtime, self.command is not None)
        yield from self._claim_problems()
        yield from self._image_problems()
        yield from self._number_problems()
        yield from quantity.problems("cache_size", self.cache_size)
        if self.shared_memory is not None:
            yield from quantity.problems("shared_memory", self.shared_memory)
        if self.extra_args and self.command is not None:
            yield Problem("extra_args", "must be left out with a command, which has its own")
        yield from name_problems("env", self.env)
        yield from annotation_problems("service_account_annotations", self.service_account_annotations)
        for index, condition in enumerate(self.readiness_gates):
            yield from key_problems(f"readiness_gates[{index}]", condition)

    def _number_problems(self) -> Iterable[Problem]:
        if self.run_as_user == 0:
            yield Problem("run_as_user", "must not be root, got 0, fix: a user id the image can run as")
        elif not 0 < self.run_as_user < 2**31:
            yield Problem("run_as_user", f"must be from 1 to {2**31 - 1}, got {self.run_as_user}")
        if self.port is not None and not 1024 <= self.port <= 65535:
            yield Problem("port", f"must be from 1024 to 65535, which needs no privilege, got {self.port}")
        if self.longest_request_seconds < 1:
            yield Problem("longest_request_seconds", f"must be at least 1, got {self.longest_request_seconds}")

    def _image_problems(self) -> Iterable[Problem]:
        if self.image is None:
            if not self.runtime_preset.image:
                yield Problem("image", "required, got nothing, and runtime reference has none of its own")
        else:
            yield from image_problems("image", self.image)

    def _claim_problems(self) -> Iterable[Problem]:
        claim = self.storage.claim
        if claim and claim.access_mode in SINGLE and self.scaling.max_replicas > 1:
            yield Problem(
                "storage.claim.access_mode",
                f"must be mountable by {self.scaling.max_replicas} replicas (scaling.max_replicas), "
                f"got {claim.access_mode!r}, allowed: ReadWriteMany, ReadOnlyMany",
            )

    @property
    def runtime_preset(self) -> Runtime:
        """The preset of its runtime."""
        return runtime(self.runtime)

    @property
    def uri(self) -> ModelUri | None:
        """The model's address, None without; the arguments must be free of problems."""
        return parse(self.model) if self.model is not None else None

    @property
    def http_port(self) -> int:
        """Where the server listens."""
        return self.port or self.runtime_preset.port

    @property
    def ready_path(self) -> str:
        """The path that answers 200 when its model is loaded."""
        return self.probes.readiness_path or self.runtime_preset.readiness_path

    @property
    def grace_seconds(self) -> int:
        """How long a replica that has to go may take for it."""
        return grace_seconds(self.longest_request_seconds)

    @property
    def metrics_port(self) -> int:
        """Where Prometheus finds its metrics: the port of requests, or one that the runtime has for them."""
        preset = self.runtime_preset
        return self.http_port if preset.metrics_port == preset.port else preset.metrics_port

    @property
    def metrics_port_name(self) -> str:
        """The name of that port in the pod."""
        return "http" if self.metrics_port == self.http_port else "metrics"


class ModelServerArgs(ModelServerShape):
    """Arguments of `ModelServer`."""

    namespace: Input[str]
    """Namespace it goes in; take it from `TenantNamespace` so that its quota is there first."""

    gpu: GpuRequest | None = None
    """GPUs of one replica. By default none, for a laptop."""

    secrets: dict[str, Input[str]] = {}
    """Environment variables that are secret, kept in a Secret: a change rolls the pods."""

    def own_problems(self) -> Iterable[Problem]:
        """The rules over several arguments."""
        yield from super().own_problems()
        if self.gpu:
            yield from within("gpu", self.gpu.server_problems())
        yield from self._compute_problems()
        yield from name_problems("secrets", self.secrets)
        yield from clash_problems(self.env, self.secrets)

    def _compute_problems(self) -> Iterable[Problem]:
        missing = [path for path, part in (("cpu", self.cpu), ("memory", self.memory)) if part is None]
        if not missing:
            return
        pool = self.gpu.pool if self.gpu else None
        if not self.gpu or not pool:
            for path in missing:
                yield Problem(path, COMPUTE_REQUIRED)
            return
        if self.gpu.count > 0:
            try:
                machine_share(pool, self.gpu.count)
            except ValueError as error:
                yield Problem(missing[0], f"required, {error}")

    @cached_property
    def compute(self) -> tuple[Compute, Compute]:
        """CPU and memory of a replica; the arguments must be free of problems."""
        if self.cpu and self.memory:
            return self.cpu, self.memory
        assert self.gpu
        assert self.gpu.pool
        cpu, memory = machine_share(self.gpu.pool, self.gpu.count)
        return self.cpu or cpu, self.memory or memory

    @property
    def shared_memory_limit(self) -> str:
        """The most of its memory that its processes may share."""
        if self.shared_memory is not None:
            return self.shared_memory
        _, memory = self.compute
        return quantity.memory(max(quantity.parse(memory.limit or memory.request) / 4, quantity.MIB))
