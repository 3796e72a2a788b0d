"""A training job against a real API server and scheduler."""

from pathlib import Path
from typing import Any

import pytest

from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
from gpuplane.rehearsal.verdict.verdict import Verdict
from projects import project_with

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

JOB: dict[str, Any] = {
    "tenant": "training",
    "image": f"registry.example.com/ml-images/training:v1.2.0@sha256:{'0123456789abcdef' * 4}",
    "command": ["python", "-m", "my_project.train"],
    "cpu": {"request": "4", "limit": "6"},
    "memory": {"request": "16Gi", "limit": "20Gi"},
    "gpu": {"pool": "t4", "count": 1},
    "claims": {"checkpoints": {"size": "200Gi", "storageClass": "standard-rwo", "mountPath": "/checkpoints"}},
}


def rehearsed(folder: Path, **job: Any) -> Verdict:
    lines: list[str] = []
    tenants = {"training": {"namespace": "ml-training", "quota": {"gpus": 4}}}
    overlay = {"tenants": tenants, "jobs": {"train": {**JOB, **job}}}
    return rehearse_stack(project_with(folder, "prod", overlay), "prod", lines.append).verdict


def test_a_job_with_a_gpu_and_checkpoints_is_done_in_a_namespace_with_restricted_pods(tmp_path: Path) -> None:
    assert rehearsed(tmp_path).findings == []


def test_a_job_whose_data_is_not_there_says_so(tmp_path: Path) -> None:
    data = {"existing": "training-data-pvc", "mountPath": "/data", "readOnly": True}
    (finding,) = rehearsed(tmp_path, claims={"data": data}).findings
    assert finding.object == "Job ml-training/train"
    assert 'persistentvolumeclaim "training-data-pvc" not found' in finding.reason
