"""Training jobs: what is refused, what the Job and its pod are, and what a stack makes of them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

import gpuplane
from golden import assert_golden
from gpuplane import InvalidArgumentsError
from gpuplane.nodepools.gke.args import GkeGpuPoolShape
from gpuplane.nodepools.gke.facts import facts as gke_facts
from gpuplane.nodepools.gke.provisioning import GkeProvisioningModel
from gpuplane.plain.merge_patch import merge
from gpuplane.rendering.render import render_stack
from gpuplane.stackconfig import load
from gpuplane.testing import Recorded, record
from gpuplane.training.args import TrainingJobArgs
from projects import ROOT, project_with
from spelling import camel_case

BASE: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]["base"]["value"]
PROD: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text())["config"]["gpuplane:overlay"]
DATA = {"existing": "training-data-pvc", "mount_path": "/data", "read_only": True}
CHECKPOINTS = {"size": "200Gi", "storage_class": "standard-rwo", "mount_path": "/checkpoints"}
SHAPE: dict[str, Any] = {
    "image": "registry.example.com/ml-images/training:v1.2.0",
    "command": ["python", "-m", "my_project.train"],
    "args": ["--config=configs/train.yaml", "--epochs=100", "--batch-size=32"],
    "cpu": {"request": "8", "limit": "16"},
    "memory": {"request": "32Gi", "limit": "64Gi"},
    "claims": {"data": DATA, "checkpoints": CHECKPOINTS},
}
QUEUED = gke_facts(
    "t4",
    GkeGpuPoolShape(
        machine_type="n1-standard-8",
        accelerator="nvidia-tesla-t4",
        max_nodes=8,
        provisioning_model=GkeProvisioningModel.QUEUED,
    ),
)
JOB: dict[str, Any] = {**SHAPE, "namespace": "ml-training", "gpu": {"accelerator": "nvidia-tesla-a100", "count": 4}}


def trained(**changes: Any) -> Recorded:
    return record(lambda: gpuplane.TrainingJob("it", {**JOB, **changes}))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"image": "training"}, "image: must have a tag or a digest, got 'training'"),
        ({"backoff_limit": -1}, "backoff_limit: must be at least 0, got -1"),
        ({"ttl_seconds_after_finished": -1}, "ttl_seconds_after_finished: must be at least 0, got -1"),
        ({"active_deadline_seconds": 0}, "active_deadline_seconds: must be at least 1, got 0"),
        ({"run_as_user": 0}, "run_as_user: must be at least 1, got 0"),
        (
            {"shared_memory": "much"},
            "shared_memory: not a quantity, got 'much', allowed: a number with m, k, M, G, T, Ki, Mi, Gi or Ti",
        ),
        (
            {"memory": {"request": "64Gi", "limit": "32Gi"}},
            "memory.limit: must be at least the request, got '32Gi', request is '64Gi'",
        ),
        ({"env": {"LOG-LEVEL": "x"}}, "env.LOG-LEVEL: must be a variable name, allowed: letters, digits and _"),
        (
            {"env": {"TOKEN": "x"}, "secrets": {"TOKEN": "x"}},
            "secrets.TOKEN: must be in env or in secrets, got both",
        ),
        (
            {"claims": {"Data": DATA}},
            "claims.Data: must be at most 42 lower-case letters, digits and '-', a letter first",
        ),
        ({"claims": {"data": {"mount_path": "/data"}}}, "claims.data: must have either existing or size, got neither"),
        (
            {"claims": {"data": {"mount_path": "/data", "existing": "a", "size": "1Gi"}}},
            "claims.data: must have either existing or size, got both",
        ),
        (
            {"claims": {"data": {"mount_path": "data", "existing": "a"}}},
            "claims.data.mount_path: must be an absolute path other than /tmp and /dev/shm, got 'data'",
        ),
        (
            {"claims": {"data": {"mount_path": "/dev/shm", "existing": "a"}}},
            "claims.data.mount_path: must be an absolute path other than /tmp and /dev/shm, got '/dev/shm'",
        ),
        (
            {"claims": {"data": {"mount_path": "/data", "size": "1Gi", "read_only": True}}},
            "claims.data: must be writable, a new claim is empty, fix: existing, for data",
        ),
        (
            {"claims": {"data": {"mount_path": "/data", "size": "1Gi", "access_mode": "ReadOnce"}}},
            "claims.data.access_mode: unknown mode, got 'ReadOnce', "
            "allowed: ReadWriteOnce, ReadWriteMany, ReadOnlyMany, ReadWriteOncePod",
        ),
        (
            {"claims": {"data": {"mount_path": "/data", "size": "big"}}},
            "claims.data.size: not a quantity, got 'big', allowed: a number with m, k, M, G, T, Ki, Mi, Gi or Ti",
        ),
        (
            {"claims": {"a": DATA, "b": DATA}},
            "claims: mount paths must be unique, got '/data' more than once",
        ),
        ({"gpu": {"count": 4}}, "gpu: must name either a pool or an accelerator, got neither"),
        (
            {"gpu": {"pool": QUEUED}},
            "queue: required by pool 't4', whose queued nodes come for a ProvisioningRequest, such as Kueue's, got "
            "nothing, fix: the LocalQueue that admits it, or a pool with provisioning_model flex-start",
        ),
    ],
)
def test_a_job_that_could_not_run_is_refused(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(InvalidArgumentsError) as caught:
        TrainingJobArgs.parse("it", {**JOB, **changes})
    assert [str(problem) for problem in caught.value.problems] == [expected]


def test_the_source_documents_job_is_what_its_numbers_make() -> None:
    spec = trained().one("Job").inputs["spec"]
    assert (spec["backoffLimit"], spec["ttlSecondsAfterFinished"]) == (2, 86400)
    pod = spec["template"]["spec"]
    (trainer,) = pod["containers"]
    assert trainer["resources"] == {
        "requests": {"cpu": "8", "memory": "32Gi", "nvidia.com/gpu": "4"},
        "limits": {"cpu": "16", "memory": "64Gi", "nvidia.com/gpu": "4"},
    }
    assert trainer["args"] == ["--config=configs/train.yaml", "--epochs=100", "--batch-size=32"]
    assert pod["nodeSelector"] == {"cloud.google.com/gke-accelerator": "nvidia-tesla-a100"}
    assert pod["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    mounts = {mount["name"]: mount for mount in trainer["volumeMounts"]}
    assert mounts["data"] == {"name": "data", "mountPath": "/data", "readOnly": True}
    assert mounts["checkpoints"] == {"name": "checkpoints", "mountPath": "/checkpoints"}
    claims = {one["name"]: one["persistentVolumeClaim"] for one in pod["volumes"] if "persistentVolumeClaim" in one}
    assert claims == {
        "data": {"claimName": "training-data-pvc", "readOnly": True},
        "checkpoints": {"claimName": "it-checkpoints"},
    }


def test_up_does_not_wait_for_the_end_and_two_jobs_never_write_the_same_checkpoints() -> None:
    job = trained().one("Job")
    assert job.inputs["metadata"]["annotations"] == {
        "pulumi.com/skipAwait": "true",
        "pulumi.com/deletionPropagationPolicy": "foreground",
    }
    assert job.delete_before_replace


def test_a_drained_pod_is_no_failed_try() -> None:
    spec = trained().one("Job").inputs["spec"]
    assert spec["podFailurePolicy"]["rules"][0]["action"] == "Ignore"
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


def test_a_job_in_a_queue_waits_until_kueue_lets_it_go() -> None:
    job = trained(queue="default").one("Job")
    assert job.inputs["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "default"
    assert job.inputs["spec"]["suspend"] is True
    assert job.ignore_changes == ("spec.suspend",)
    assert "suspend" not in trained().one("Job").inputs["spec"]


def test_a_priority_and_a_deadline_are_the_jobs() -> None:
    spec = trained(priority_class="ml-training-batch", active_deadline_seconds=3600).one("Job").inputs["spec"]
    assert spec["activeDeadlineSeconds"] == 3600
    assert spec["template"]["spec"]["priorityClassName"] == "ml-training-batch"


def test_a_secret_is_never_in_clear_and_config_is_read_from_its_own_map() -> None:
    found = trained(env={"LOG_LEVEL": "INFO"}, secrets={"WANDB_API_KEY": "hunter2"})
    found.assert_not_in_clear("hunter2")
    (trainer,) = found.one("Job").inputs["spec"]["template"]["spec"]["containers"]
    names = [next(iter(source.values()))["name"] for source in trainer["envFrom"]]
    assert [name.rpartition("-")[0] for name in names] == ["it-config", "it-secret"]


@pytest.mark.parametrize("child", gpuplane.TrainingJob.CHILDREN)
def test_each_of_its_children_can_be_bent(child: str) -> None:
    patch = {child: {"metadata": {"labels": {"bent": "yes"}}}}
    found = trained(env={"A": "b"}, secrets={"C": "d"}, transforms=patch).children("it")
    assert [one.name for one in found if one.inputs["metadata"]["labels"].get("bent")] == [
        "it-claim-checkpoints" if child == "claim" else f"it-{child}"
    ]


def test_more_gpus_than_a_node_has_are_refused() -> None:
    with pytest.raises(InvalidArgumentsError, match="gpu.count: must fit one node, got 4, allowed: at most 1 on n1-"):
        trained(gpu={"pool": QUEUED, "count": 4}, queue="gpus")


def test_a_job_of_a_queue_waits_for_queued_nodes_and_tolerates_them() -> None:
    job = trained(gpu={"pool": QUEUED, "count": 1}, queue="gpus").one("Job").inputs
    assert job["spec"]["suspend"] is True
    assert QUEUED.taints[0].items() <= job["spec"]["template"]["spec"]["tolerations"][-1].items()


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        ({"tenant": "trainin"}, "jobs.train.tenant: unknown tenant, got 'trainin', nearest: training"),
        ({"gpu": {"pool": "a100"}}, "jobs.train.gpu.pool: unknown pool, got 'a100', allowed: t4"),
        ({"backoffLimit": -1}, "jobs.train.backoffLimit: must be at least 0, got -1"),
    ],
)
def test_what_is_wrong_with_a_stacks_job_is_told_by_its_key(job: dict[str, Any], expected: str) -> None:
    tenants = {"training": {"namespace": "ml-training"}}
    whole = merge(PROD, {"tenants": tenants, "jobs": {"train": {**camel_case(SHAPE), "tenant": "training", **job}}})
    with pytest.raises(InvalidArgumentsError) as caught:
        load(BASE, whole, "prod")
    assert [str(problem).partition("overlay.")[2] for problem in caught.value.problems] == [expected]


def test_the_objects_of_a_stacks_job_are_the_agreed_ones(tmp_path: Path) -> None:
    source, output = tmp_path / "project", tmp_path / "out"
    source.mkdir()
    job = {
        **camel_case(SHAPE),
        "tenant": "serving",
        "gpu": {"pool": "t4", "count": 1},
        "secrets": {"WANDB": "wandb-api-key"},
    }
    room = {"serving": {"quota": {"gpus": 9, "cpu": "40"}}}
    render_stack(project_with(source, "prod", {"tenants": room, "jobs": {"train-resnet50": job}}), "prod", output)
    assert_golden(output, "job", ("job-*", "persistentvolumeclaim-train-*"))
