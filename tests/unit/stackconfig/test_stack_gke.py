"""What a stack file may say of models and jobs on GKE's pools."""

from typing import Any

import pytest

from gpuplane.stackconfig import load
from refusals import told

DIGEST = f"registry.example.com/model:v1@sha256:{'0' * 64}"
AMOUNTS = {"cpu": {"request": "1", "limit": "2"}, "memory": {"request": "1Gi", "limit": "2Gi"}}
ONE = {"tenant": "serving", "image": DIGEST, "gpu": {"pool": "l4", "count": 1}, **AMOUNTS}
MODEL = {"models": {"bert": {**ONE, "scaling": {"minReplicas": 1, "maxReplicas": 1}}}}
JOB = {"jobs": {"tune": {**ONE, "command": ["python", "train.py"]}}}
ADMITTED = {"jobs": {"tune": {**JOB["jobs"]["tune"], "queue": "gpus"}}}
SERVER_REFUSED = [
    "Pulumi.dev.yaml: overlay.models.bert.gpu.pool: must be a pool that scales up for pending pods, got 'l4', "
    "whose nodes are created for a ProvisioningRequest only, fix: a pool with provisioningModel flex-start"
]
JOB_REFUSED = [
    "Pulumi.dev.yaml: overlay.jobs.tune.queue: required by pool 'l4', whose queued nodes come for a "
    "ProvisioningRequest, such as Kueue's, got nothing, fix: the LocalQueue that admits it, or a pool with "
    "provisioningModel "
    "flex-start"
]


@pytest.mark.parametrize(
    ("provisioning_model", "workload", "expected"),
    [
        ("queued", MODEL, SERVER_REFUSED),
        ("queued", JOB, JOB_REFUSED),
        ("queued", ADMITTED, []),
        ("flex-start", MODEL, []),
        ("flex-start", JOB, []),
    ],
)
def test_queued_nodes_are_for_jobs_of_a_queue(
    provisioning_model: str, workload: dict[str, Any], expected: list[str]
) -> None:
    assert problems(provisioning_model, workload) == expected


def problems(provisioning_model: str, workload: dict[str, Any]) -> list[str]:
    base = {
        "cluster": {"existingGke": {"cluster": "ml", "project": "acme", "location": "us-central1"}},
        "pools": {
            "gke": {"l4": {"machineType": "g2-standard-8", "maxNodes": 2, "provisioningModel": provisioning_model}}
        },
        "tenants": {"serving": {"namespace": "ml", "quota": {"gpus": 2}}},
        **workload,
    }
    return told(lambda: load({}, base, "dev"))
