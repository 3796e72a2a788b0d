"""A stack's config: base and overlay as one, and errors that name the file, the key and the nearest right one."""

from typing import Any

import pytest
import yaml

from gpuplane import InvalidArgumentsError
from gpuplane.plain.merge_patch import merge
from gpuplane.stackconfig import load
from projects import ROOT

BASE: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]["base"]["value"]


def overlay_of(stack: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]["gpuplane:overlay"]


def problems(stack: str, base: dict[str, Any] | None = None, **overlay: Any) -> list[str]:
    with pytest.raises(InvalidArgumentsError) as caught:
        load(merge(BASE, base or {}), _over(overlay_of(stack), overlay), stack)
    assert caught.value.subject == f'stack "{stack}"'
    return [str(problem) for problem in caught.value.problems]


def _over(overlay: Any, change: Any) -> Any:
    if not isinstance(overlay, dict) or not isinstance(change, dict):
        return change
    return {**overlay, **{key: _over(overlay.get(key), value) for key, value in change.items()}}


def model(**changes: Any) -> dict[str, Any]:
    return {"resnet50": changes}


@pytest.mark.parametrize("stack", ["prod", "staging", "dev", "local"])
def test_every_stack_of_the_project_is_right(stack: str) -> None:
    assert load(BASE, overlay_of(stack), stack).models["resnet50"].tenant == "serving"


def test_the_overlay_says_only_what_is_different() -> None:
    prod = load(BASE, overlay_of("prod"), "prod").models["resnet50"]
    assert prod.cpu.request == "4"
    assert str(prod.image).startswith("registry.example.com/ml-images/inference:v1.2.0@sha256:")


@pytest.mark.parametrize(
    ("overlay", "expected"),
    [
        (
            {"models": model(cpus={"request": "3"})},
            "overlay.models.resnet50.cpus: unknown key, nearest: cpu",
        ),
        (
            {"model": {}},
            "overlay.model: unknown key, nearest: models",
        ),
        (
            {"models": model(scaling={"minReplicas": 9})},
            "overlay.models.resnet50.scaling.minReplicas: must be from 1 to maxReplicas, got 9, maxReplicas is 8",
        ),
        (
            {"models": model(cpu={"request": "four"})},
            "overlay.models.resnet50.cpu.request: not a quantity, got 'four', "
            "allowed: a number with m, k, M, G, T, Ki, Mi, Gi or Ti",
        ),
        (
            {"models": model(cpu={"request": "9"})},
            "overlay.models.resnet50.cpu.limit: must be at least the request, got '8', request is '9'",
        ),
        (
            {"models": model(gpu={"pool": "t5"})},
            "overlay.models.resnet50.gpu.pool: unknown pool, got 't5', allowed: t4",
        ),
        (
            {"models": model(gpu={"pool": None, "accelerator": "nvidia-l4"}, cpu=None)},
            "overlay.models.resnet50.cpu: required without a pool, from whose machine the default is taken, "
            "got nothing",
        ),
        (
            {"models": model(tenant="servin")},
            "overlay.models.resnet50.tenant: unknown tenant, got 'servin', nearest: serving",
        ),
        (
            {"pools": {"gke": {"t4": {"machineType": "n1-standard-7"}}}},
            "overlay.pools.gke.t4.machineType: unknown gke machine type, got 'n1-standard-7', "
            "nearest: n1-standard-8, n1-standard-4, n1-standard-2",
        ),
        (
            {"pools": {"gke": {"t4": {"accelerator": None}}}},
            "overlay.pools.gke.t4.accelerator: required by n1-standard-8, which has no built-in accelerator, "
            "for example nvidia-tesla-t4",
        ),
        (
            {"pools": {"gke": {"t4": {"minNodes": 9}}}},
            "overlay.pools.gke.t4.minNodes: must be from 0 to maxNodes, got 9, maxNodes is 8",
        ),
        (
            {"cluster": {"kubeconfig": {"context": "kind-kind"}}},
            "overlay.cluster: must have exactly one kind of cluster, got gke, kubeconfig, "
            "allowed: gke, existingGke, eks, existingEks, kubeconfig",
        ),
        (
            {"tenants": {"serving": {"quota": {"cpu": "lots"}}}},
            "overlay.tenants.serving.quota.cpu: not a quantity, got 'lots', "
            "allowed: a number with m, k, M, G, T, Ki, Mi, Gi or Ti",
        ),
        (
            {"models": model(image="registry.example.com/inference")},
            "overlay.models.resnet50.image: must have a tag or a digest, got 'registry.example.com/inference'",
        ),
        (
            {"models": model(storage={"claim": {"size": "5Gi", "storageClass": "x", "accessMode": "ReadWriteOnce"}})},
            "overlay.models.resnet50.storage.claim.accessMode: must be mountable by 8 replicas "
            "(scaling.maxReplicas), got 'ReadWriteOnce', allowed: ReadWriteMany, ReadOnlyMany",
        ),
    ],
)
def test_what_is_wrong_in_the_overlay_is_named_there(overlay: dict[str, Any], expected: str) -> None:
    assert problems("prod", **overlay) == [f"Pulumi.prod.yaml: {expected}"]


SHARED = {"gke": {"t4": {"sharing": {"strategy": "time-sharing", "maxClients": 4}}}}
TOO_MANY = "must be what one container may have of shared or partitioned GPUs, got 2, allowed: at most 1 in pool 't4'"


@pytest.mark.parametrize(
    ("overlay", "expected"),
    [
        (
            {"models": model(gpu={"count": 2})},
            "models.resnet50.gpu.count: must fit one node, got 2, allowed: at most 1 on n1-standard-8",
        ),
        ({"models": model(gpu={"count": 2}), "pools": SHARED}, f"models.resnet50.gpu.count: {TOO_MANY}, "),
        (
            {"models": model(gpu={"resource": "nvidia.com/gpu.shared"})},
            "models.resnet50.gpu.resource: must be the pool's, got 'nvidia.com/gpu.shared', allowed: nvidia.com/gpu, ",
        ),
        (
            {
                "models": model(
                    variants={"main": {"weight": 90}, "next": {"weight": 10, "overlay": {"gpu": {"count": 2}}}}
                )
            },
            "models.resnet50.variants.next.overlay.gpu.count: must fit one node, got 2, ",
        ),
        (
            {
                "jobs": {
                    "train": {
                        "tenant": "serving",
                        "image": "registry.example.com/train:v1",
                        "cpu": {"request": "1"},
                        "memory": {"request": "1Gi"},
                        "gpu": {"pool": "t4", "count": 2},
                    }
                }
            },
            "jobs.train.gpu.count: must fit one node, got 2, ",
        ),
    ],
)
def test_what_a_pools_nodes_cannot_give_is_told_with_the_key_of_the_one_who_asks(
    overlay: dict[str, Any], expected: str
) -> None:
    (problem,) = problems("prod", **overlay)
    assert problem.startswith(f"Pulumi.prod.yaml: overlay.{expected}")


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ({"models": model(port="http")}, "base.models.resnet50.port: should be a valid integer, "),
        ({"models": model(env={"LOG-LEVEL": "x"})}, "base.models.resnet50.env.LOG-LEVEL: must be a variable name, "),
        ({"models": model(probes={"loadSeconds": 5})}, "base.models.resnet50.probes.loadSeconds: must be at least 10"),
    ],
)
def test_what_is_wrong_in_the_base_is_named_there(base: dict[str, Any], expected: str) -> None:
    (problem,) = problems("prod", base)
    assert problem.startswith(f"Pulumi.yaml: {expected}")


def test_what_is_missing_is_asked_of_the_stack_that_says_something_beside_it() -> None:
    assert problems("prod", {"models": model(image=None)})[0].startswith(
        "Pulumi.prod.yaml: overlay.models.resnet50.image: required with runtime reference"
    )
    only_in_base = {"models": {"bert": {"tenant": "serving"}}}
    assert any(
        one.startswith("Pulumi.yaml: base.models.bert.image: required") for one in problems("prod", only_in_base)
    )


def test_a_value_of_the_base_that_the_overlay_changes_is_the_overlays() -> None:
    assert problems("prod", {"models": model(port="http")}, models=model(port="https"))[0].startswith(
        "Pulumi.prod.yaml: overlay.models.resnet50.port"
    )


def test_all_problems_are_told_at_once() -> None:
    wrong = {"models": model(scaling={"minReplicas": 0}, tenant="nobody"), "pools": {"gke": {"t4": {"maxNodes": 0}}}}
    assert len(problems("prod", **wrong)) == 4


def test_a_pool_of_the_other_cloud_is_refused() -> None:
    eks = {"subnetIds": ["subnet-1"], "machineType": "g4dn.xlarge", "maxNodes": 1}
    found = problems("prod", pools={"eks": {"a10": eks}})
    assert "Pulumi.prod.yaml: overlay.pools.eks: not supported on this cluster, got a10, the cluster is GKE" in found


def test_eks_pools_need_the_device_plugin() -> None:
    assert problems("staging", devices=None) == [
        "Pulumi.staging.yaml: overlay.devices.nvidiaDevicePlugin: required by pools whose nodes do not advertise "
        "their GPUs, got t4, fix: nvidiaDevicePlugin: {}"
    ]


def test_gpus_on_a_kubeconfig_cluster_are_refused_with_the_fix() -> None:
    assert (
        "Pulumi.local.yaml: overlay.models.resnet50.gpu: not supported with cluster.kubeconfig, whose nodes are "
        "unknown, fix: gpu: null"
    ) in problems("local", models=model(gpu={"count": 1, "accelerator": "nvidia-l4"}))
