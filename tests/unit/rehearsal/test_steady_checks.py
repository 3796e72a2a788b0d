"""What a steady stack must not have: missing Secrets, claims nobody writes to, quotas that count nothing."""

from typing import Any

import pytest

from gpuplane.recording import Recording
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.verdict.idle_quotas import idle_quotas
from gpuplane.rehearsal.verdict.origins import Origins
from gpuplane.rehearsal.verdict.references import missing_references, unwritten_claims

NOBODY = Origins(Recording(), is_stack_program=False)


class Api:
    """An API server with these Secrets and ConfigMaps."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def list(self, api_version: str, kind: str) -> list[dict[str, Any]]:
        return [{"metadata": {"namespace": "ml", "name": name}} for name in self._names]


def deployment(pod: dict[str, Any]) -> dict[str, Any]:
    spec = {"containers": [{"name": "server"}], **pod}
    return {"kind": "Deployment", "metadata": {"namespace": "ml", "name": "bert"}, "spec": {"template": {"spec": spec}}}


def snapshot(**kinds: list[dict[str, Any]]) -> Snapshot:
    return Snapshot(**{**vars(Snapshot.empty()), **kinds})


def container(**fields: Any) -> dict[str, Any]:
    return {"containers": [{"name": "server", **fields}]}


@pytest.mark.parametrize(
    "pod",
    [
        container(envFrom=[{"secretRef": {"name": "keys"}}]),
        container(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "a"}}}]),
        {"volumes": [{"name": "x", "secret": {"secretName": "keys"}}]},
        {"volumes": [{"name": "x", "projected": {"sources": [{"secret": {"name": "keys"}}]}}]},
        {"initContainers": [{"name": "i", "envFrom": [{"secretRef": {"name": "keys"}}]}]},
    ],
)
def test_a_secret_that_pods_need_has_to_be_there(pod: dict[str, Any]) -> None:
    seen = snapshot(deployments=[deployment(pod)])
    there: Any = Api("keys")
    nowhere: Any = Api()
    assert missing_references(there, seen, NOBODY) == []
    (found,) = missing_references(nowhere, seen, NOBODY)
    assert (found.object, found.reason) == ("Deployment ml/bert", 'secret "keys" not found')


def test_what_is_optional_may_be_missing() -> None:
    pod = container(envFrom=[{"configMapRef": {"name": "settings", "optional": True}}])
    nowhere: Any = Api()
    assert missing_references(nowhere, snapshot(deployments=[deployment(pod)]), NOBODY) == []


def mounted(read_only: bool) -> dict[str, Any]:
    volumes = [{"name": "models", "persistentVolumeClaim": {"claimName": "models"}}]
    mounts = [{"name": "models", "mountPath": "/models", "readOnly": read_only}]
    return deployment({**container(volumeMounts=mounts), "volumes": volumes})


def claim(mode: str = "ReadWriteMany", **spec: Any) -> dict[str, Any]:
    metadata = {"namespace": "ml", "name": "models"}
    return {"kind": "PersistentVolumeClaim", "metadata": metadata, "spec": {"accessModes": [mode], **spec}}


@pytest.mark.parametrize(
    ("read_only", "found_claim", "expected"),
    [
        (False, claim(), 0),
        (True, claim(), 1),
        (False, claim("ReadOnlyMany"), 1),
        (True, claim(dataSource={"kind": "VolumeSnapshot", "name": "models"}), 0),
        (True, claim(volumeName="models-of-last-week"), 0),
        (True, claim(volumeName="pvc-1234"), 1),
    ],
)
def test_a_new_volume_has_to_have_a_writer(read_only: bool, found_claim: dict[str, Any], expected: int) -> None:
    seen = snapshot(deployments=[mounted(read_only)], claims=[found_claim])
    assert len(unwritten_claims(seen, NOBODY)) == expected


def quota(name: str, used: str) -> dict[str, Any]:
    metadata = {"namespace": "ml", "name": "quota"}
    return {
        "kind": "ResourceQuota",
        "metadata": metadata,
        "spec": {"hard": {name: "8"}},
        "status": {"used": {name: used}},
    }


@pytest.mark.parametrize(
    ("name", "used", "expected"),
    [
        ("limits.nvidia.com/gpu", "0", ["limits.nvidia.com/gpu counts nothing"]),
        ("requests.nvidia.com/gpu", "1", []),
        ("limits.cpu", "0", []),
    ],
)
def test_a_quota_on_the_limits_of_gpus_counts_nothing(name: str, used: str, expected: list[str]) -> None:
    limits = {"resources": {"limits": {"nvidia.com/gpu": "1"}}}
    pod = {"metadata": {"namespace": "ml", "name": "bert-1"}, "spec": {"containers": [limits]}}
    seen = snapshot(quotas=[quota(name, used)], pods=[pod])
    assert [one.what for one in idle_quotas(seen, NOBODY)] == expected
