"""A model server's pod: what is refused, and what it gets by default."""

from typing import Any

import pytest

from gpuplane import InvalidArgumentsError
from gpuplane.kubernetes import quantity
from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.artefacts.plan import Names
from gpuplane.serving.pod import config, pod_spec
from gpuplane.serving.rollout import await_seconds, rollout_spec
from gpuplane.serving.runtimes.catalogue import RuntimeName, runtime

IMAGE = "registry.example.com/ml-images/inference:v1.2.0"
T4: dict[str, Any] = {
    "name": "t4", "platform": "gke", "machine_type": "n1-standard-8", "accelerator": "nvidia-tesla-t4",
    "gpus_per_node": 1, "min_nodes": 0, "max_nodes": 4, "advertiser": "gke",
}  # fmt: skip
A100: dict[str, Any] = {
    **T4, "name": "a100", "machine_type": "a2-highgpu-8g", "accelerator": "nvidia-tesla-a100", "gpus_per_node": 8,
}  # fmt: skip
SMALL = {"cpu": {"request": "1"}, "memory": {"request": "2Gi"}}
REQUIRED = "required without a pool, from whose machine the default is taken, got nothing"
MOUNTED = "which is mounted and not fetched"
RWO = {"size": "5Gi", "storage_class": "standard", "access_mode": "ReadWriteOnce"}


def args(**said: Any) -> ModelServerArgs:
    return ModelServerArgs.parse('ModelServer "it"', {"namespace": "ml", "image": IMAGE, "gpu": {"pool": T4}, **said})


def pod(**said: Any) -> dict[str, Any]:
    return pod_spec(args(**said), {"app": "it"}, Names(claim="c", script="s", config_map="m", secret="x"), "it")


def server(**said: Any) -> dict[str, Any]:
    (found,) = pod(**said)["containers"]
    return found


def problems(**said: Any) -> list[str]:
    with pytest.raises(InvalidArgumentsError) as caught:
        args(**said)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"image": None}, ["image: required with runtime reference, which has no image of its own"]),
        ({"image": "nginx"}, ["image: must have a tag or a digest, got 'nginx'"]),
        ({"gpu": None}, [f"cpu: {REQUIRED}", f"memory: {REQUIRED}"]),
        ({"gpu": {"accelerator": "nvidia-l4"}, "cpu": {"request": "1"}}, [f"memory: {REQUIRED}"]),
        (
            {"gpu": {"pool": {**T4, "machine_type": "n1-standard-3"}}},
            [
                "cpu: required, unknown gke machine type, got 'n1-standard-3', "
                "nearest: n1-standard-32, n1-standard-8, n1-standard-4"
            ],
        ),
        (
            {"gpu": {"pool": {**T4, "machine_type": "n1-standard-1", "gpus_per_node": 48}}},
            ["cpu: required, a share of 1 of 48 GPUs of n1-standard-1 leaves nothing"],
        ),
        (
            {"cpu": {"request": "4", "limit": "2"}},
            ["cpu.limit: must be at least the request, got '2', request is '4'"],
        ),
        ({"cpu": {"request": "0"}}, ["cpu.request: must be more than 0, got '0'"]),
        (
            {"gpu": {"pool": T4, "resource": "nvidia.com/gpu.shared"}},
            [
                "gpu.resource: must be the pool's, got 'nvidia.com/gpu.shared', allowed: nvidia.com/gpu, "
                "fix: leave it out"
            ],
        ),
        (
            {"gpu": {"pool": T4, "count": 0}},
            ["gpu.count: must be at least 1, got 0, fix: leave gpu out for a server without"],
        ),
        (
            {"gpu": {"pool": {**T4, "queued": True}}},
            [
                "gpu.pool: must be a pool that scales up for pending pods, got 't4', whose nodes are created for a "
                "ProvisioningRequest only, fix: a pool with provisioning_model flex-start"
            ],
        ),
        (
            {"gpu": {"accelerator": "nvidia-l4", "platform": "aks"}, **SMALL},
            ["gpu.platform: should be 'gke', 'eks' or 'kubeconfig', got 'aks'"],
        ),
        (
            {"gpu": {"accelerator": "nvidia-l4", "platform": "kubeconfig"}, **SMALL},
            ["gpu.platform: has no label for accelerators, got 'kubeconfig', allowed: gke, eks"],
        ),
        (
            {"storage": {"claim": {**RWO, "access_mode": "ReadOnce"}}},
            [
                "storage.claim.access_mode: unknown mode, got 'ReadOnce', allowed: ReadWriteMany, ReadOnlyMany, "
                "ReadWriteOnce, ReadWriteOncePod"
            ],
        ),
        ({"port": 80}, ["port: must be an unprivileged port, from 1024 to 65535, got 80"]),
        ({"run_as_user": 0}, ["run_as_user: must not be root, got 0, fix: a user id the image can run as"]),
        ({"run_as_user": -1}, ["run_as_user: must be from 1 to 2147483647, got -1"]),
        ({"run_as_user": 2**31}, ["run_as_user: must be from 1 to 2147483647, got 2147483648"]),
        (
            {"readiness_gates": ["ready to go"]},
            [
                "readiness_gates[0]: must be at most 63 letters, digits, '-', '_' and '.', a letter or digit first and "
                "last, optionally after a DNS name and '/', got 'ready to go'"
            ],
        ),
        (
            {"service_account_annotations": {"Example.com/a": "b"}},
            ["service_account_annotations['Example.com/a']: prefix must be a lower-case DNS name, got 'Example.com/a'"],
        ),
        ({"longest_request_seconds": 0}, ["longest_request_seconds: must be at least 1, got 0"]),
        ({"shared_memory": "0"}, ["shared_memory: must be more than 0, got '0'"]),
        (
            {"cache_size": "big"},
            ["cache_size: not a quantity, got 'big', allowed: a number with m, k, M, G, T, Ki, Mi, Gi or Ti"],
        ),
        (
            {"command": ["serve"], "extra_args": ["--fast"]},
            ["extra_args: must be left out with a command, which has its own"],
        ),
        ({"probes": {"liveness_path": "health"}}, ["probes.liveness_path: must begin with /, got 'health'"]),
        ({"runtime": "vllm", "image": None}, ["model: required by runtime vllm, got nothing"]),
        (
            {"runtime": "vllm", "model": "gs://models/bert.bin"},
            ["model: must be a folder for vllm, got 'gs://models/bert.bin', fix: end it with a slash"],
        ),
        ({"model": "gs://models"}, ["model: must be gs://BUCKET/PATH, got 'gs://models'"]),
        (
            {"storage": {"sha256": "a" * 64}},
            ["storage.sha256: must be left out without a model, which it is the checksum of"],
        ),
        (
            {"model": "gs://m0d/a/", "storage": {"sha256": "abc"}},
            ["storage.sha256: must be 64 hex digits, got 'abc'"],
        ),
        (
            {"model": "gs://m0d/a/", "storage": {"download": {"image": "a:1", "command": ["b"]}}},
            ["storage.download: must be left out with a model, got both, the model is 'gs://m0d/a/'"],
        ),
        (
            {"model": "gs://m0d/a/", "storage": {"claim": {**RWO, "access_mode": "ReadOnlyMany"}}},
            [
                "storage.claim.access_mode: must be one that the model can be fetched to, got 'ReadOnlyMany', "
                "allowed: ReadWriteMany"
            ],
        ),
        (
            {"model": "pvc://weights", "storage": {"claim": {**RWO, "access_mode": "ReadWriteMany"}}},
            [f"storage.claim: must be left out with pvc://, {MOUNTED}"],
        ),
        (
            {"model": "oci://r.example.com/bert:v1", "storage": {"sha256": "a" * 64}},
            [f"storage.sha256: must be left out with oci://, {MOUNTED}"],
        ),
        (
            {"storage": {"mount_path": "models"}},
            ["storage.mount_path: must be an absolute path, got 'models', such as /models"],
        ),
        (
            {"storage": {"mount_path": "/cache"}},
            ["storage.mount_path: must be the model's own, got '/cache', such as /models"],
        ),
        (
            {"storage": {"claim": RWO}, "scaling": {"min_replicas": 1, "max_replicas": 10}},
            [
                "storage.claim.access_mode: must be mountable by 10 replicas (scaling.max_replicas), "
                "got 'ReadWriteOnce', allowed: ReadWriteMany, ReadOnlyMany"
            ],
        ),
        (
            {
                "storage": {
                    "claim": {**RWO, "access_mode": "ReadOnlyMany"},
                    "download": {"image": "a:1", "command": ["b"]},
                }
            },
            ["storage.download: must be able to write, got a ReadOnlyMany claim, fix: make it ReadWriteMany"],
        ),
        (
            {"env": {"TOKEN": "a"}, "secrets": {"TOKEN": "b"}},
            ["secrets.TOKEN: must be in env or in secrets, got both"],
        ),
    ],
)
def test_what_is_wrong_is_named(said: dict[str, Any], expected: list[str]) -> None:
    assert problems(**said) == expected


@pytest.mark.parametrize(
    ("pool", "gpus", "cpu", "cpu_limit", "memory"),
    [
        (T4, 1, "7400m", "7900m", "25984Mi"),
        (A100, 1, "11800m", "11900m", "84224Mi"),
        (A100, 4, "47500m", "47800m", "337152Mi"),
    ],
    ids=["the only GPU", "one of eight", "four of eight"],
)
def test_cpu_and_memory_are_the_share_of_the_machine_by_the_gpus(
    pool: dict[str, Any], gpus: int, cpu: str, cpu_limit: str, memory: str
) -> None:
    resources = server(gpu={"pool": pool, "count": gpus})["resources"]
    assert resources["requests"] == {"cpu": cpu, "memory": memory, "nvidia.com/gpu": str(gpus)}
    assert resources["limits"] == {"cpu": cpu_limit, "memory": memory, "nvidia.com/gpu": str(gpus)}


def test_a_share_of_a_gpu_is_asked_for_by_its_own_name() -> None:
    shared = {**T4, "gpus_per_node": 4, "resource_name": "nvidia.com/gpu.shared", "max_gpus_per_container": 1}
    requests = server(gpu={"pool": shared})["resources"]["requests"]
    assert requests["nvidia.com/gpu.shared"] == "1"
    assert quantity.parse(requests["cpu"]) < 2
    by_name = server(gpu={"accelerator": "nvidia-l4", "resource": "nvidia.com/gpu.shared"}, **SMALL)
    assert by_name["resources"]["limits"]["nvidia.com/gpu.shared"] == "1"


def test_without_gpus_the_same_arguments_make_a_pod_for_a_laptop() -> None:
    found = pod(gpu=None, **SMALL)
    assert not {"nodeSelector", "tolerations"} & found.keys()
    assert found["containers"][0]["resources"] == {
        "requests": {"cpu": "1", "memory": "2Gi"},
        "limits": {"cpu": "1", "memory": "2Gi"},
    }


def test_shared_memory_is_a_quarter_of_the_limit_unless_told() -> None:
    def shared(**said: Any) -> dict[str, Any]:
        return next(one for one in pod(**SMALL, **said)["volumes"] if one["name"] == "shared-memory")["emptyDir"]

    assert shared() == {"medium": "Memory", "sizeLimit": "512Mi"}
    assert shared(shared_memory="1Gi") == {"medium": "Memory", "sizeLimit": "1Gi"}


def test_every_place_that_is_written_to_is_a_volume_and_the_root_is_read_only() -> None:
    found = server()
    assert found["securityContext"]["readOnlyRootFilesystem"] is True
    assert {mount["mountPath"] for mount in found["volumeMounts"]} == {"/tmp", "/cache", "/dev/shm"}
    variables = {variable["name"]: variable["value"] for variable in found["env"]}
    assert variables["HF_HOME"] == "/cache/huggingface"
    told = {variable["name"] for variable in server(env={"HF_HOME": "/tmp/hf"}, secrets={"TORCH_HOME": "x"})["env"]}
    assert not {"HF_HOME", "TORCH_HOME"} & told


def test_a_replica_has_time_for_its_longest_request_when_it_has_to_go() -> None:
    found = pod(longest_request_seconds=120)
    pause = found["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert found["terminationGracePeriodSeconds"] == pause + 120 + 5


def test_one_load_budget_decides_the_probe_the_deadline_and_how_long_up_waits() -> None:
    said = args(probes={"load_seconds": 605}, scaling={"min_replicas": 1, "max_replicas": 2})
    probe = pod_spec(said, {}, Names())["containers"][0]["startupProbe"]
    assert probe["failureThreshold"] * probe["periodSeconds"] == 610
    assert rollout_spec(said)["progressDeadlineSeconds"] == 600 + 605 + 10
    assert await_seconds(said) == 600 + 2 * 615


def test_it_spreads_over_zones_and_nodes_without_counting_what_a_rollout_replaces() -> None:
    spread = pod()["topologySpreadConstraints"]
    assert [one["topologyKey"] for one in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
    assert all(one["matchLabelKeys"] == ["pod-template-hash"] for one in spread)


def test_a_pod_has_no_token_and_an_account_of_its_own() -> None:
    found = pod()
    assert (found["automountServiceAccountToken"], found["serviceAccountName"]) == (False, "it")


def test_no_service_sets_variables_of_a_pod() -> None:
    """A Service named vllm sets VLLM_PORT, which stops vLLM: https://github.com/vllm-project/vllm/issues/34199."""
    assert pod()["enableServiceLinks"] is False


def test_gates_affinity_and_rank_are_the_pods() -> None:
    affinity = {"nodeAffinity": {}}
    found = pod(readiness_gates=["lb.example/ready"], affinity=affinity, priority_class="ml-serving")
    assert found["readinessGates"] == [{"conditionType": "lb.example/ready"}]
    assert (found["affinity"], found["priorityClassName"]) == (affinity, "ml-serving")


def test_a_volume_of_one_node_is_given_back_before_the_next_replica_takes_it() -> None:
    alone = {"min_replicas": 1, "max_replicas": 1}
    assert rollout_spec(args(gpu=None, storage={"claim": RWO}, scaling=alone, **SMALL))["strategy"] == {
        "type": "Recreate"
    }


@pytest.mark.parametrize(
    ("runtime", "command", "arguments"),
    [
        (
            "vllm",
            ["vllm", "serve", "/models"],
            ["--host=0.0.0.0", "--port=8000", "--served-model-name=acme/bert", "--tensor-parallel-size=2"],
        ),
        ("triton", ["tritonserver"], ["--model-repository=/models", "--http-port=8000", "--metrics-port=8002"]),
        (
            "tgi",
            ["text-generation-launcher"],
            ["--model-id=/models", "--hostname=0.0.0.0", "--port=8080", "--num-shard=2"],
        ),
    ],
)
def test_a_runtime_is_told_of_its_model_ports_and_gpus(runtime: str, command: list[str], arguments: list[str]) -> None:
    found = server(
        runtime=runtime, image=None, model="hf://acme/bert@v1", gpu={"pool": A100, "count": 2}, extra_args=["--more"]
    )
    assert (found["command"], found["args"]) == (command, [*arguments, "--more"])


def test_torchserve_is_told_by_a_file_where_to_listen() -> None:
    found = server(runtime="torchserve", image=None, model="gs://models/store/")
    assert "metrics_address=http://0.0.0.0:8082" in found["command"][2]
    assert found["args"] == ["--model-store=/models", "--models=all"]


def test_the_reference_server_is_told_by_its_environment() -> None:
    assert config(args(model="gs://models/bert/model.onnx", port=9000)) == {
        "MODEL_PATH": "/models/model.onnx",
        "PORT": "9000",
    }
    assert config(args(model="gs://models/bert/", env={"MODEL_PATH": "/models/a", "PORT": "80"})) == {
        "MODEL_PATH": "/models/a",
        "PORT": "80",
    }
    assert config(args()) == {"PORT": "8000"}


def test_a_command_of_ones_own_replaces_the_runtimes() -> None:
    found = server(command=["serve", "--all"])
    assert found["command"] == ["serve", "--all"]
    assert "args" not in found


@pytest.mark.parametrize("name", RuntimeName)
def test_a_runtime_has_an_image_of_a_version_and_is_probed_and_scraped_where_it_answers(name: RuntimeName) -> None:
    facts = runtime(name)
    found = server(
        runtime=name.value, model="gs://models/store/", **({"image": None} if facts.image else {"image": IMAGE})
    )
    assert ":" in found["image"]
    assert ":latest" not in found["image"]
    assert found["livenessProbe"]["httpGet"] == {"path": facts.liveness_path, "port": "http"}
    assert found["readinessProbe"]["httpGet"] == {"path": facts.readiness_path, "port": "http"}
    ports = {port["name"]: port["containerPort"] for port in found["ports"]}
    assert ports["http"] == facts.port
    assert ports.get("metrics", facts.port) == facts.metrics_port


def test_the_ports_metrics_follow_the_servers_own() -> None:
    moved = args(port=9000)
    assert (moved.http_port, moved.metrics_port, moved.metrics_port_name) == (9000, 9000, "http")
    triton = args(port=9000, runtime="triton", model="gs://models/store/")
    assert (triton.metrics_port, triton.metrics_port_name) == (8002, "metrics")
