"""What TenantNamespace and ModelServer accept, the real API server accepts: restricted pods, exact quotas, at peak."""

import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gpuplane
from gpuplane import quantity
from gpuplane.capacity.tenancy import Demand
from gpuplane.manifests import is_object, manifest, resource_id
from gpuplane.recording import RecordedResource, run
from gpuplane.rehearsal import binaries, control_plane
from gpuplane.rehearsal.api import KubernetesApi, Refused
from gpuplane.rehearsal.responder import _WAITS
from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.demand import demands
from gpuplane.serving.rollout import surge

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

NUMBERS = itertools.count()
DIGEST = "sha256:" + "a" * 64
SHARED: dict[str, Any] = {
    "name": "t4", "platform": "gke", "machineType": "n1-standard-8", "accelerator": "nvidia-tesla-t4",
    "gpusPerNode": 4, "resourceName": "nvidia.com/gpu.shared", "maxGpusPerContainer": 1, "minNodes": 0, "maxNodes": 2,
    "advertiser": "gke",
}  # fmt: skip
WHOLE = {**SHARED, "machineType": "a2-highgpu-8g", "gpusPerNode": 8, "resourceName": "nvidia.com/gpu"}
del WHOLE["maxGpusPerContainer"]
CPU = {"cpu": {"request": "250m"}, "memory": {"request": "300Mi", "limit": "1Gi"}}


@pytest.fixture(scope="module")
def api() -> Iterator[KubernetesApi]:
    def silent(_: str) -> None:
        pass

    with control_plane.start(binaries.ensure(silent), silent) as plane:
        yield KubernetesApi(plane.kubeconfig)


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
    st.just({"pool": SHARED}),
    st.builds(lambda count: {"accelerator": "nvidia-l4", "count": count}, st.integers(1, 4)),
)


@st.composite
def servers(draw: st.DrawFn) -> dict[str, Any]:
    runtime = draw(st.sampled_from(["reference", "vllm", "triton", "tgi", "torchserve"]))
    needs_folder = runtime != "reference"
    model = draw(FOLDERS if needs_folder else st.none() | FOLDERS | FILES)
    most = draw(st.integers(1, 4))
    gpu = draw(st.none() | GPUS)
    storage: dict[str, Any] = {"mountPath": draw(st.sampled_from(["/models", "/mnt/weights"]))}
    if model is None or model.startswith(("gs:", "s3:", "hf:", "https:")):
        mode = draw(st.sampled_from([None, "ReadWriteMany", *(["ReadWriteOnce"] if most == 1 else [])]))
        if mode:
            storage["claim"] = {
                "size": draw(st.sampled_from(["1Gi", "500Gi"])),
                "storageClass": "x",
                "accessMode": mode,
            }
        if model and draw(st.booleans()):
            storage["sha256"] = "b" * 64
    return {
        "runtime": runtime,
        **({"model": model} if model else {}),
        **({"image": "registry.example.com/server:v1"} if runtime == "reference" else {}),
        **({"gpu": gpu} if gpu else {}),
        **(CPU if not gpu or "accelerator" in gpu or draw(st.booleans()) else {}),
        "storage": storage,
        "scaling": {"minReplicas": draw(st.integers(1, most)), "maxReplicas": most},
        "env": draw(st.sampled_from([{}, {"LOG_LEVEL": "INFO"}, {"HF_HOME": "/tmp/hf"}])),
        "secrets": draw(st.sampled_from([{}, {"HF_TOKEN": "hush"}])),
        "probes": {"loadSeconds": draw(st.integers(10, 7200))},
        "longestRequestSeconds": draw(st.integers(1, 3600)),
        "readinessGates": draw(st.sampled_from([[], ["example.com/ready"]])),
        "runAsUser": draw(st.integers(1, 65535)),
        "extraArgs": draw(st.sampled_from([[], ["--verbose"]])),
    }


@st.composite
def tenants(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "preset": draw(st.sampled_from(["serving", "training"])),
        "access": {"team": draw(st.sampled_from([[], ["ml@acme.example"]])), "ci": draw(st.sampled_from([[], ["ci"]]))},
        "network": draw(st.sampled_from([{}, {"httpsCidrs": []}, {"gatewayCidrs": ["10.0.0.0/24"]}])),
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
        "gpuResources": gpus,
        "persistentVolumeClaims": int(total.get("persistentvolumeclaims", 0)),
        "storage": whole("requests.storage", total.get("requests.storage", Decimal(0))),
        "objects": {"pods": int(total["pods"])},
        "serving": {"pods": int(total["pods"])},
    }


def pod(namespace: str, name: str, deployment: dict[str, Any]) -> dict[str, Any]:
    template = deployment["spec"]["template"]
    labels = template["metadata"]["labels"]
    metadata = {"name": name, "namespace": namespace, "labels": labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tenants(), servers())
def test_what_is_accepted_is_accepted_by_the_api_server_at_rest_and_at_peak(
    api: KubernetesApi, tenant: dict[str, Any], server: dict[str, Any]
) -> None:
    namespace = f"tenant-{next(NUMBERS)}"
    args = ModelServerArgs.of('ModelServer "it"', {**server, "namespace": namespace})
    asked = demands("it", args)

    def program() -> None:
        team = gpuplane.TenantNamespace("team", {**tenant, "namespace": namespace, "quota": exact_quota(asked)})
        ours = {"namespace": team.namespace, "priorityClass": team.priority_classes["serving"]}
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
