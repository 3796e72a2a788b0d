"""A tenant's servers against its quota, at the autoscaler's maximum and in a rollout, before anything is made."""

from typing import Any

import pytest

from gpuplane import InvalidArgumentsError
from gpuplane.sizing.rollout import left_for, surge
from gpuplane.stackconfig import StackConfig, load

IMAGE = "registry.example.com/ml-images/inference:v1.2.0"


def server(**changes: Any) -> dict[str, Any]:
    return {
        "tenant": "serving",
        "image": IMAGE,
        "gpu": {"pool": "t4"},
        "cpu": {"request": "4", "limit": "8"},
        "memory": {"request": "8Gi", "limit": "16Gi"},
        "scaling": {"minReplicas": 3, "maxReplicas": 10},
        **changes,
    }


def stack(quota: dict[str, Any], nodes: int = 16, **models: dict[str, Any]) -> dict[str, Any]:
    t4 = {"machineType": "n1-standard-8", "accelerator": "nvidia-tesla-t4", "maxNodes": nodes}
    return {
        "cluster": {"gke": {"project": "acme", "location": "us-central1"}},
        "pools": {"gke": {"t4": t4}},
        "tenants": {"serving": {"namespace": "ml-prod", "quota": quota}},
        "models": models,
    }


def problems(config: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidArgumentsError) as caught:
        load(config, {}, "prod")
    prefix = "Pulumi.yaml: base.tenants.serving.quota"
    assert all(str(problem).startswith(prefix) for problem in caught.value.problems)
    return [str(problem).removeprefix(prefix) for problem in caught.value.problems]


def accepted(config: dict[str, Any]) -> StackConfig:
    return load(config, {}, "prod")


# The source documents' own: a quota of 32 CPU and 8 GPUs, and an autoscaler that may go to 10 replicas of 4 and 1.
SOURCE_QUOTA = {"gpus": 8, "cpu": "32", "memory": "128Gi", "persistentVolumeClaims": 20}


def test_the_source_documents_prod_can_never_reach_its_maximum_and_is_told_so() -> None:
    assert problems(stack(SOURCE_QUOTA, nodes=8, resnet50=server())) == [
        ".cpu: too small, got 32, its servers at max replicas need 40: resnet50 10 x 4, "
        "fix: at least 40 or scaling.maxReplicas of resnet50 at most 8",
        ".gpus: too small, got 8, its servers at max replicas need 10: resnet50 10 x 1, "
        "fix: at least 10 or scaling.maxReplicas of resnet50 at most 8",
    ]


def test_a_rollout_that_starts_a_new_replica_first_needs_room_for_it() -> None:
    quota = {"gpus": 10, "cpu": "40"}
    assert problems(stack(quota, nodes=11, resnet50=server())) == [
        ".cpu: too small, got 40, its servers at max replicas need 44: resnet50 (10 + 1 in a rollout) x 4, "
        "fix: at least 44 or scaling.maxReplicas of resnet50 at most 9",
        ".gpus: too small, got 10, its servers at max replicas need 11: resnet50 (10 + 1 in a rollout) x 1, "
        "fix: at least 11 or scaling.maxReplicas of resnet50 at most 9",
    ]
    accepted(stack(quota, nodes=10, resnet50=server()))


def test_all_servers_of_a_tenant_are_counted_together() -> None:
    two = {"scaling": {"minReplicas": 1, "maxReplicas": 2}}
    config = stack({"gpus": 5}, nodes=8, bert=server(**two), resnet50=server(scaling={"maxReplicas": 4}))
    assert problems(config) == [
        ".gpus: too small, got 5, its servers at max replicas need 8: bert (2 + 1 in a rollout) x 1, "
        "resnet50 (4 + 1 in a rollout) x 1, fix: at least 8"
    ]


def test_another_tenants_servers_are_not_counted() -> None:
    config = stack({"gpus": 4}, nodes=8, resnet50=server(scaling={"maxReplicas": 3}))
    config["tenants"]["other"] = {"namespace": "ml-other", "quota": {"gpus": 4}}
    config["models"]["bert"] = server(tenant="other", scaling={"maxReplicas": 3})
    assert set(accepted(config).tenants) == {"serving", "other"}


def test_claims_are_counted_by_number_and_size() -> None:
    claim = {"claim": {"size": "500Gi", "storageClass": "standard-rwx"}}
    config = stack({"persistentVolumeClaims": 1, "storage": "600Gi"}, a=server(storage=claim), b=server(storage=claim))
    assert problems(config) == [
        ".persistentVolumeClaims: too small, got 1, its servers at max replicas need 2: "
        "a's claim 1, b's claim 1, fix: at least 2",
        ".storage: too small, got 600Gi, its servers at max replicas need 1000Gi: "
        "a's claim 500Gi, b's claim 500Gi, fix: at least 1000Gi",
    ]


def test_each_variant_is_a_server_of_its_own() -> None:
    variants = {"main": {"weight": 90}, "v2": {"weight": 10, "overlay": {"scaling": {"maxReplicas": 2}}}}
    config = stack({"gpus": 8}, nodes=8, resnet50=server(scaling={"maxReplicas": 6}, variants=variants))
    config["models"]["resnet50"]["route"] = {"hosts": ["api.ml.example.com"]}
    config["gateway"] = {"issuer": "letsencrypt-prod"}
    accepted(config)
    config["tenants"]["serving"]["quota"] = {"gpus": 7}
    assert problems(config) == [
        ".gpus: too small, got 7, its servers at max replicas need 8: resnet50 6 x 1, resnet50-v2 2 x 1, "
        "fix: at least 8"
    ]


def test_pods_are_counted_as_any_object() -> None:
    assert problems(stack({"objects": {"pods": 10}}, nodes=11, resnet50=server())) == [
        ".objects.pods: too small, got 10, its servers at max replicas need 11: "
        "resnet50 (10 + 1 in a rollout) x 1, fix: at least 11 or scaling.maxReplicas of resnet50 at most 9"
    ]


def test_a_quota_counts_every_name_that_gpus_go_by() -> None:
    shared = {"accelerator": "nvidia-l4", "resource": "nvidia.com/gpu.shared"}
    config = stack({"gpus": 8}, resnet50=server(gpu=shared, scaling={"minReplicas": 1, "maxReplicas": 2}))
    assert problems(config) == [
        ".gpuResources: must count every GPU resource, got nvidia.com/gpu, resnet50 asks for "
        "nvidia.com/gpu.shared, fix: nvidia.com/gpu.shared: 2"
    ]


def test_the_quota_of_the_serving_priority_is_one_more() -> None:
    assert problems(stack({"serving": {"cpu": "20"}}, nodes=10, resnet50=server())) == [
        ".serving.cpu: too small, got 20, its servers at max replicas need 40: resnet50 10 x 4, "
        "fix: at least 40 or scaling.maxReplicas of resnet50 at most 5"
    ]


def job(**changes: Any) -> dict[str, Any]:
    return {
        "tenant": "serving",
        "image": "registry.example.com/ml-images/training:v1.2.0",
        "cpu": {"request": "8", "limit": "16"},
        "memory": {"request": "32Gi", "limit": "64Gi"},
        "gpu": {"accelerator": "nvidia-tesla-t4", "count": 4},
        **changes,
    }


def with_jobs(
    quota: dict[str, Any], *jobs: dict[str, Any], nodes: int = 16, **models: dict[str, Any]
) -> dict[str, Any]:
    return {**stack(quota, nodes, **models), "jobs": {f"train-{number}": one for number, one in enumerate(jobs)}}


def test_the_source_documents_training_job_is_counted_in_its_tenants_quota() -> None:
    assert problems(with_jobs({"gpus": 2, "cpu": "4", "memory": "16Gi"}, job())) == [
        ".cpu: too small, got 4, its jobs need 8: train-0 8, fix: at least 8",
        ".gpus: too small, got 2, its jobs need 4: train-0 4, fix: at least 4",
        ".memory: too small, got 16Gi, its jobs need 32Gi: train-0 32Gi, fix: at least 32Gi",
    ]
    accepted(with_jobs({"gpus": 4, "cpu": "8", "memory": "32Gi"}, job()))


def test_jobs_are_counted_beside_the_servers_of_their_tenant() -> None:
    bert = server(scaling={"maxReplicas": 4})
    assert problems(with_jobs({"gpus": 11}, job(), job(), nodes=12, bert=bert)) == [
        ".gpus: too small, got 11, its servers at max replicas and its jobs need 12: "
        "bert 4 x 1, train-0 4, train-1 4, fix: at least 12"
    ]


def test_of_jobs_in_a_queue_the_largest_has_to_fit() -> None:
    queued = [job(queue="default", gpu={"accelerator": "nvidia-tesla-t4", "count": count}) for count in (1, 4, 2)]
    accepted(with_jobs({"gpus": 4, "cpu": "8"}, *queued))
    assert problems(with_jobs({"gpus": 3}, *queued)) == [
        ".gpus: too small, got 3, its largest queued job needs 4: train-1 4, fix: at least 4"
    ]


def test_claims_that_are_made_for_a_job_are_counted_and_those_that_are_there_are_not() -> None:
    claims = {
        "data": {"existing": "training-data", "mountPath": "/data", "readOnly": True},
        "checkpoints": {"size": "200Gi", "mountPath": "/checkpoints"},
    }
    accepted(with_jobs({"persistentVolumeClaims": 1, "storage": "200Gi"}, job(claims=claims)))
    assert problems(with_jobs({"storage": "100Gi"}, job(claims=claims, queue="default"))) == [
        ".storage: too small, got 100Gi, its jobs need 200Gi: train-0's claim checkpoints 200Gi, fix: at least 200Gi"
    ]


def test_jobs_have_the_batch_priority_and_its_quota() -> None:
    quota = {"serving": {"cpu": "4"}, "batch": {"cpu": "4"}}
    config = with_jobs(quota, job(), nodes=5, bert=server(scaling={"minReplicas": 1, "maxReplicas": 1}))
    assert problems(config) == [".batch.cpu: too small, got 4, its jobs need 8: train-0 8, fix: at least 8"]


def test_a_rollout_counts_on_no_gpu_that_a_job_holds() -> None:
    three = server(scaling={"minReplicas": 1, "maxReplicas": 3})
    without, beside = stack({}, 4, bert=three), stack({}, 4, bert=three)
    beside["jobs"] = {"train": job(gpu={"pool": "t4", "count": 1})}
    found = [accepted(config).server_args["bert"].gpu for config in (without, beside)]
    assert [one and one.max_gpus for one in found] == [4, 3]


@pytest.mark.parametrize(
    ("available", "expected"),
    [(None, 0), (3, 0), (4, 1)],
    ids=["nobody knows", "none spare", "one spare"],
)
def test_a_rollout_takes_one_replica_more_only_where_there_is_a_gpu_for_it(
    available: int | None, expected: int
) -> None:
    assert surge(max_replicas=3, gpus_each=1, gpus_available=available) == expected


def test_servers_on_the_same_nodes_leave_each_other_what_they_take_at_most() -> None:
    assert left_for(8, [4, 2]) == 2
    assert left_for(4, [8]) == 0


@pytest.mark.parametrize(
    ("nodes", "pool_of_bert", "expected"),
    [(8, "t4", 5), (8, "spot", 9), (4, "t4", 1)],
    ids=["one pool", "two pools of one accelerator", "too few for both"],
)
def test_gpus_that_several_servers_can_land_on_are_counted_once(nodes: int, pool_of_bert: str, expected: int) -> None:
    three = {"scaling": {"minReplicas": 1, "maxReplicas": 3}}
    config = stack({}, nodes, resnet50=server(), bert=server(gpu={"pool": pool_of_bert}, **three))
    if pool_of_bert == "spot":
        config["pools"]["gke"]["spot"] = {**config["pools"]["gke"]["t4"], "provisioningModel": "spot", "maxNodes": 4}
    resnet50 = accepted(config).server_args["resnet50"]
    assert resnet50.gpu
    assert resnet50.gpu.max_gpus == expected
