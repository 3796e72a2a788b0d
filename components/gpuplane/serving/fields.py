"""The arguments of a model server, without their rules."""

from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.component.base import ComponentArgs
from gpuplane.serving.artefacts.uri import ModelUri, parse
from gpuplane.serving.lifecycle import grace_seconds
from gpuplane.serving.probes import Probes
from gpuplane.serving.runtimes.catalogue import Runtime, RuntimeName, runtime
from gpuplane.serving.scaling.args import Scaling
from gpuplane.serving.storage import ModelStorage
from gpuplane.workloads.compute import Compute


class ModelServerFields(ComponentArgs):
    """A model server, in any cluster."""

    runtime: RuntimeName = RuntimeName.REFERENCE
    """The preset of its image, ports, probe paths, metrics and command. `reference` is this project's own server and
    any image with the same paths and variables."""

    image: Input[str] | None = None
    """The server's image, with a tag or a digest. It runs as a non-root user and can write to `/tmp`, `/cache` and
    `/dev/shm` only. Default: the runtime's; `reference` has none."""

    model: str | None = None
    """Address of the model: `gs://bucket/path`, `s3://bucket/path`, `hf://owner/name@revision`, `https://host/file`,
    `oci://registry/repository@sha256:...` (an image volume: Kubernetes 1.35), `pvc://claim/path`, or `file:///path` of
    a node on a laptop. A path that ends with a slash is a folder. Default: what `storage` names, or no model."""

    storage: ModelStorage = ModelStorage()
    """Where the model's files are kept and mounted. Default: an `emptyDir` of each pod."""

    cpu: Compute | None = None
    """CPU of one replica, in cores. Default: the part of the pool's machine that matches its GPUs; required without a
    pool."""

    memory: Compute | None = None
    """Memory of one replica. Default: the part of the pool's machine that matches its GPUs; required without a pool."""

    shared_memory: str | None = None
    """Size limit of `/dev/shm`, which counts as the replica's memory. Default: a quarter of its memory limit."""

    cache_size: str = "10Gi"
    """Size limit of `/cache`, which holds what the server compiles or downloads by itself."""

    port: int | None = None
    """Port that serves requests. Default: the runtime's."""

    command: list[str] | None = None
    """Command that replaces the runtime's command and arguments."""

    extra_args: list[str] = []
    """Arguments appended to the runtime's, such as `--max-model-len=8192` for vLLM."""

    env: dict[str, Input[str]] = {}
    """Environment variables that are not secret, kept in a ConfigMap: a change rolls the pods."""

    probes: Probes = Probes()
    """Paths and budget of its probes."""

    scaling: Scaling = Scaling()
    """Number of replicas, and what they are scaled on."""

    longest_request_seconds: int = 30
    """Longest duration of a request: a terminating replica has this long to answer its last ones."""

    tolerations: list[dict[str, Any]] | None = None
    """Tolerations of the pod. Default: those of its GPU pool."""

    affinity: dict[str, Any] | None = None
    """Affinity of the pod, in Kubernetes' own keys, beside the spread over zones and nodes."""

    readiness_gates: list[str] = []
    """Conditions that another controller sets before the pod gets traffic, such as a load balancer controller that
    does not add them by itself."""

    priority_class: Input[str] | None = None
    """PriorityClass of the pod, from `TenantNamespace.priority_classes`. Default: none."""

    service_account_annotations: dict[str, Input[str]] = {}
    """Annotations of its service account, for clouds that grant access by them, such as
    `iam.gke.io/gcp-service-account`."""

    run_as_user: int = 1000
    """User id of its processes, never 0."""

    @property
    def runtime_preset(self) -> Runtime:
        """The preset of its runtime."""
        return runtime(self.runtime)

    @property
    def uri(self) -> ModelUri | None:
        """The model's address, None without one; the arguments must be valid."""
        return parse(self.model) if self.model is not None else None

    @property
    def http_port(self) -> int:
        """The port that serves requests."""
        return self.port or self.runtime_preset.port

    @property
    def ready_path(self) -> str:
        """The HTTP path that answers 200 once the model is loaded."""
        return self.probes.readiness_path or self.runtime_preset.readiness_path

    @property
    def grace_seconds(self) -> int:
        """The termination grace period of its pods."""
        return grace_seconds(self.longest_request_seconds)

    @property
    def metrics_port(self) -> int:
        """The port of its metrics: that of requests, or the runtime's separate one."""
        preset = self.runtime_preset
        return self.http_port if preset.metrics_port == preset.port else preset.metrics_port

    @property
    def metrics_port_name(self) -> str:
        """The name of the metrics port in the pod."""
        return "http" if self.metrics_port == self.http_port else "metrics"
