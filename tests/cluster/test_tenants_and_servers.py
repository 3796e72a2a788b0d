"""What TenantNamespace and ModelServer accept, the real API server accepts: restricted pods, exact quotas, at peak."""

import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

import gpuplane
from gpuplane.kubernetes import quantity
from gpuplane.kubernetes.manifests import is_object, manifest, resource_id
from gpuplane.recording import RecordedResource, run
from gpuplane.rehearsal import binaries, crds
from gpuplane.rehearsal.control_plane import control_plane
from gpuplane.rehearsal.control_plane.api import KubernetesApi, Refused
from gpuplane.rehearsal.in_process.responder import _WAITS
from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.demand import demands
from gpuplane.serving.rollout import surge
from gpuplane.sizing.quota import Demand
from gpuplane.tenancy.args import TenantNamespaceArgs

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

NUMBERS = itertools.count()
DIGEST = "sha256:" + "a" * 64
SHARED: dict[str, Any] = {
    "name": "t4", "platform": "gke", "machine_type": "n1-standard-8", "accelerator": "nvidia-tesla-t4",
    "gpus_per_node": 4, "resource_name": "nvidia.com/gpu.shared", "max_gpus_per_container": 1,
    "min_nodes": 0, "max_nodes": 2, "advertiser": "gke",
}  # fmt: skip
WHOLE = {**SHARED, "machine_type": "a2-highgpu-8g", "gpus_per_node": 8, "resource_name": "nvidia.com/gpu"}
del WHOLE["max_gpus_per_container"]
CPU = {"cpu": {"request": "250m"}, "memory": {"request": "300Mi", "limit": "1Gi"}}


@pytest.fixture(scope="module")
def api() -> Iterator[KubernetesApi]:
    def silent(_: str) -> None:
        pass

    with control_plane.start(binaries.ensure(silent), silent) as plane:
        api = KubernetesApi(plane.kubeconfig)
        kinds = [("keda.sh/v1alpha1", "ScaledObject"), ("kueue.x-k8s.io/v1beta1", "LocalQueue")]
        named = {"name": "any", "namespace": "any"}
        crds.install(api, [{"apiVersion": version, "kind": kind, "metadata": named} for version, kind in kinds], silent)
        yield api


class Applying:
    """Applies what a program makes, and remembers it by kind and name."""

    def __init__(self, api: KubernetesApi) -> None:
        self._api = api
        self.made: dict[str, dict[str, Any]] = {}

    def create(self, resource: RecordedResource) -> tuple[str, Mapping[str, Any]]:
        if not is_object(resource.type):
            return resource.name, resource.inputs
        obj = manifest(resource.name, resource.inputs)
        live = self._api.apply(obj)
        wait = _WAITS.get(obj["kind"])
        live = wait(self._api, live) if wait else live
        self.made[f"{obj['kind']} {live['metadata']['name']}"] = live
        return resource_id(live), live

    def call(self, token: str, args: Mapping[str, Any], provider: str) -> Mapping[str, Any]:
        raise NotImplementedError(token)


FOLDERS = st.sampled_from(
    ["gs://acme-models/bert/", "s3://acme-models/bert/v2/", "hf://acme/bert@v1", "pvc://weights/bert", "pvc://weights",
     f"oci://registry.example.com/bert@{DIGEST}", "file:///opt/models/bert/"]
)  # fmt: skip
FILES = st.sampled_from(
    ["gs://acme-models/bert.onnx", "https://models.acme.example/bert.onnx", "file:///opt/bert.onnx"]
)
GPUS = st.one_of(
    st.builds(lambda count: {"pool": WHOLE, "count": count}, st.integers(1, 8)),
    st.builds(lambda most: {"pool": SHARED, "available": most}, st.none() | st.integers(0, 20)),
    st.builds(
        lambda count, resource: {"accelerator": "nvidia-l4", "count": count, "resource": resource},
        st.integers(1, 4),
        st.sampled_from([None, "nvidia.com/gpu", "nvidia.com/mig-1g.5gb"]),
    ),
)
BYTES = st.sampled_from(["64Mi", "1Gi", "500M", "1.5Gi", "1073741824", "1e9", "123456789"])
CORES = st.sampled_from(["1m", "250m", "1", "1.5", "0.1", "2e0", "7"])
# What is a name to us and what to Kubernetes has to be the same: some are neither.
NAMES = st.from_regex(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?", fullmatch=True)
KEYS = st.one_of(
    NAMES,
    st.builds("{}/{}".format, st.sampled_from(["example.com", "a.b-c.d"]), NAMES),
    st.from_regex(r"[a-z0-9_./-]{1,8}", fullmatch=True),
)
VALUES = st.one_of(NAMES, st.from_regex(r"[a-z0-9_./-]{0,8}", fullmatch=True))
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20)
VARIABLES = st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True), TEXTS, max_size=3)
METRICS = st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:.|/-]{0,30}", fullmatch=True)
CIDRS = st.lists(st.sampled_from(["10.0.0.0/24", "0.0.0.0/0", "fd00::/8", "192.168.0.0/255.255.0.0"]), max_size=2)
NAMESPACES = st.lists(st.one_of(st.from_regex(r"[a-z]([-a-z0-9]{0,20}[a-z0-9])?", fullmatch=True), VALUES), max_size=2)


@st.composite
def paces(draw: st.DrawFn) -> dict[str, Any]:
    pods, percent = draw(st.tuples(st.integers(0, 100), st.integers(0, 200)))
    return {
        "pods": pods,
        "percent": percent,
        "period_seconds": draw(st.integers(1, 1800)),
        "stabilization_seconds": draw(st.integers(0, 3600)),
    }


@st.composite
def scalings(draw: st.DrawFn, most: int) -> dict[str, Any]:
    found = {
        "min_replicas": draw(st.integers(1, most)),
        "max_replicas": most,
        "cpu_percent": draw(st.integers(0, 300)),
        "memory_percent": draw(st.integers(0, 300)),
        "up": draw(paces()),
        "down": draw(paces()),
    }
    if draw(st.booleans()):
        source = draw(st.sampled_from([{"metric": "vllm:num_requests_waiting"}, {"query": 'sum(a{b="c"})'}]))
        least = {"min_replicas": draw(st.integers(0, most))} if "query" in source else {}
        queue = {"server_address": "http://prometheus:9090", "per_replica": draw(st.integers(1, 99)), **source}
        return {**found, **least, "queue": queue}
    external = st.fixed_dictionaries({"per_replica": CORES, "labels": st.dictionaries(KEYS, VALUES, max_size=2)})
    return {
        **found,
        "pods_metrics": draw(st.dictionaries(METRICS, CORES, max_size=2)),
        "external_metrics": draw(st.dictionaries(METRICS, external, max_size=2)),
    }


@st.composite
def storages(draw: st.DrawFn, model: str | None, most: int) -> dict[str, Any]:
    storage: dict[str, Any] = {
        "mount_path": draw(st.sampled_from(["/models", "/mnt/weights", "/models/a.b-c"])),
        "size_limit": draw(BYTES),
    }
    if model is not None and not model.startswith(("gs:", "s3:", "hf:", "https:")):
        return storage
    modes = [None, "ReadWriteMany", *(["ReadWriteOnce"] if most == 1 else []), *([] if model else ["ReadOnlyMany"])]
    mode = draw(st.sampled_from(modes))
    if mode:
        storage["claim"] = {
            "size": draw(BYTES),
            "storage_class": draw(st.sampled_from(["x", "fast.ssd"])),
            "access_mode": mode,
        }
    if model and draw(st.booleans()):
        storage["sha256"] = "b" * 64
    if not model and mode != "ReadOnlyMany" and draw(st.booleans()):
        storage["download"] = {"image": "registry.example.com/tool:v1", "command": ["get", draw(TEXTS)]}
    return storage


@st.composite
def servers(draw: st.DrawFn) -> dict[str, Any]:
    runtime = draw(st.sampled_from(["reference", "vllm", "triton", "tgi", "torchserve"]))
    model = draw(st.none() | FOLDERS | FILES if runtime == "reference" else FOLDERS)
    most = draw(st.integers(1, 4))
    gpu = draw(st.none() | GPUS)
    command = draw(st.none() | st.lists(st.sampled_from(["serve", "--port=$(PORT)", ""]), min_size=1, max_size=2))
    env, secrets = draw(VARIABLES), draw(VARIABLES)
    has_compute = not gpu or "accelerator" in gpu or draw(st.booleans())
    affinity = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}
    return {
        "runtime": runtime,
        "model": model,
        "image": draw(st.sampled_from(["registry.example.com/server:v1", f"server@{DIGEST}"])),
        "gpu": gpu,
        "cpu": {"request": draw(CORES), "limit": draw(st.sampled_from([None, "8"]))} if has_compute else None,
        "memory": {"request": draw(BYTES), "limit": draw(st.sampled_from([None, "8Gi"]))} if has_compute else None,
        "shared_memory": draw(st.none() | BYTES),
        "cache_size": draw(BYTES),
        "port": draw(st.none() | st.sampled_from([1024, 8002, 8082, 65535]) | st.integers(1024, 65535)),
        "command": command,
        "extra_args": [] if command else draw(st.lists(TEXTS, max_size=2)),
        "env": env,
        "secrets": {name: value for name, value in secrets.items() if name not in env},
        "probes": {
            "load_seconds": draw(st.integers(10, 7 * 86400)),
            "liveness_path": draw(st.none() | st.builds("/{}".format, TEXTS)),
            "readiness_path": draw(st.none() | st.just("/ready?deep=1")),
        },
        "scaling": draw(scalings(most)),
        "storage": draw(storages(model, most)),
        "longest_request_seconds": draw(st.integers(1, 86400)),
        "tolerations": draw(st.sampled_from([None, [], [{"key": "a", "operator": "Exists"}]])),
        "affinity": draw(st.sampled_from([None, affinity])),
        "readiness_gates": draw(st.lists(KEYS, max_size=2, unique=True)),
        "service_account_annotations": draw(st.dictionaries(KEYS, TEXTS, max_size=2)),
        "run_as_user": draw(st.integers(1, 2**31 - 1)),
    }


@st.composite
def tenants(draw: st.DrawFn) -> dict[str, Any]:
    groups = st.lists(st.one_of(st.sampled_from(["ml@acme.example", "system:x"]), TEXTS), max_size=2, unique=True)
    return {
        "preset": draw(st.sampled_from(["serving", "training"])),
        "pod_security_version": draw(st.sampled_from(["latest", "v1.25", "v1.36", "v1.99"])),
        "access": {"team": draw(groups), "ci": draw(groups)},
        "network": {
            "gateway_namespaces": draw(NAMESPACES),
            "gateway_cidrs": draw(CIDRS),
            "monitoring_namespaces": draw(NAMESPACES),
            "https_cidrs": draw(CIDRS),
        },
        "queue": draw(st.sampled_from([None, "cluster-queue"])),
        "labels": draw(st.dictionaries(KEYS, VALUES, max_size=2)),
    }


def whole(key: str, asked: Decimal) -> str:
    if key == "requests.cpu":
        return f"{int(asked * 1000)}m"
    return str(int(asked))


def exact_quota(asked: list[Demand]) -> dict[str, Any]:
    """The quota that holds what is asked for at its most, and not a pod more."""
    total = {key: sum((one.of(key) for one in asked), Decimal(0)) for key in {key for one in asked for key in one.each}}
    gpus = {key.removeprefix("requests."): int(total[key]) for key in total if "nvidia.com" in key}
    return {
        "cpu": whole("requests.cpu", total["requests.cpu"]),
        "memory": whole("requests.memory", total["requests.memory"]),
        "gpus": gpus.pop("nvidia.com/gpu", 0),
        "gpu_resources": gpus,
        "persistent_volume_claims": int(total.get("persistentvolumeclaims", 0)),
        "storage": whole("requests.storage", total.get("requests.storage", Decimal(0))),
        "objects": {"pods": int(total["pods"])},
        "serving": {"pods": int(total["pods"])},
    }


def pod(namespace: str, name: str, deployment: dict[str, Any]) -> dict[str, Any]:
    template = deployment["spec"]["template"]
    labels = template["metadata"]["labels"]
    metadata = {"name": name, "namespace": namespace, "labels": labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


def drawn(strategy: st.SearchStrategy[dict[str, Any]]) -> set[str]:
    found: set[str] = set()

    @settings(max_examples=1, database=None)
    @given(strategy)
    def once(example: dict[str, Any]) -> None:
        found.update(example)

    once()
    return found


def test_every_argument_is_tried() -> None:
    """What the test below sets itself is the namespace, the quota and the rank; a transform can make anything."""
    own = {"namespace", "transforms"}
    for model, strategy, set_below in (
        (ModelServerArgs, servers(), {"priority_class"}),
        (TenantNamespaceArgs, tenants(), {"quota", "pod_security"}),
    ):
        arguments = set(model.model_fields)
        assert drawn(strategy) == arguments - own - set_below


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(tenants(), servers())
def test_what_is_accepted_is_accepted_by_the_api_server_at_rest_and_at_peak(
    api: KubernetesApi, tenant: dict[str, Any], server: dict[str, Any]
) -> None:
    namespace = f"tenant-{next(NUMBERS)}"
    try:
        args = ModelServerArgs.parse('ModelServer "it"', {**server, "namespace": namespace})
        TenantNamespaceArgs.parse('TenantNamespace "team"', {**tenant, "namespace": namespace})
    except gpuplane.InvalidArgumentsError:
        reject()
    asked = demands("it", args)

    def program() -> None:
        team = gpuplane.TenantNamespace("team", {**tenant, "namespace": namespace, "quota": exact_quota(asked)})
        ours = {"namespace": team.namespace, "priority_class": team.priority_classes["serving"]}
        # Its pods are made below, one by one, so that a refusal is the API server's own.
        idle: dict[str, Any] = {"deployment": {"spec": {"replicas": 0}}, "fill": {"spec": {"suspend": True}}}
        gpuplane.ModelServer("it", {**server, **ours, "transforms": idle})

    applying = Applying(api)
    recording = run(program, applying)
    assert [str(failure.error) for failure in recording.failures] == []
    deployment = applying.made["Deployment it"]
    if _fills(args):
        (job,) = (obj for key, obj in applying.made.items() if key.startswith("Job "))
        api.create({**pod(namespace, "fill", job), "metadata": {"name": "fill", "namespace": namespace}})
    most = args.scaling.max_replicas + surge(args)
    for number in range(most):
        api.create(pod(namespace, f"pod-{number}", deployment))
    with pytest.raises(Refused, match="exceeded quota"):
        api.create(pod(namespace, "one-more", deployment))
    # There are no more than 254 addresses for Services.
    api.delete("v1", "Service", "it", namespace)


def _fills(args: ModelServerArgs) -> bool:
    return any(demand.name == "it's fetch" for demand in demands("it", args))


def test_a_container_that_says_nothing_passes_a_small_quota_and_a_privileged_one_nothing(api: KubernetesApi) -> None:
    def program() -> None:
        gpuplane.TenantNamespace("small", {"namespace": "small", "quota": {"cpu": "50m", "memory": "64Mi"}})

    assert run(program, Applying(api)).failures == []
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    silent = {
        "securityContext": {"runAsNonRoot": True, "runAsUser": 1, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{"name": "a", "image": "a:1", "securityContext": security}],
    }
    metadata = {"name": "silent", "namespace": "small"}
    made = api.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": silent})
    requests = made["spec"]["containers"][0]["resources"]["requests"]
    assert (quantity.parse(requests["cpu"]), requests["memory"]) == (Decimal("0.05"), "64Mi")
    rooted = {"containers": [{"name": "a", "image": "a:1", "securityContext": {"privileged": True}}]}
    with pytest.raises(Refused, match='violates PodSecurity "restricted:v1.36"'):
        api.create({"apiVersion": "v1", "kind": "Pod", "metadata": {**metadata, "name": "root"}, "spec": rooted})


def test_the_default_service_account_has_no_token(api: KubernetesApi) -> None:
    assert run(lambda: gpuplane.TenantNamespace("t", {"namespace": "quiet"}) and None, Applying(api)).failures == []
    assert api.get("v1", "ServiceAccount", "default", "quiet")["automountServiceAccountToken"] is False
