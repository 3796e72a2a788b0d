"""A model's address, and how its files get into the pod."""

from typing import Any

import pytest

from gpuplane.serving.artefacts.fill_job import fill_job_spec
from gpuplane.serving.artefacts.local_volume import volume_spec
from gpuplane.serving.artefacts.plan import (
    FETCH_IMAGE,
    ModelFiles,
    Names,
    is_fetched_once,
    model_files,
    model_key,
    path_in_pod,
)
from gpuplane.serving.artefacts.uri import Scheme, parse
from gpuplane.serving.storage import ModelStorage

DIGEST = "sha256:" + "a" * 64
CLAIM = {"size": "50Gi", "storageClass": "standard-rwx"}
NAMES = Names(claim="bert-model", script="bert-script", config_map="bert-config", secret="bert-secret")
RESOURCES = {"requests": {"cpu": "4", "memory": "8Gi"}, "limits": {"memory": "8Gi"}}


def storage(**said: Any) -> ModelStorage:
    return ModelStorage.model_validate(said)


def planned(uri: str, env: dict[str, str] | None = None, **said: Any) -> ModelFiles:
    return model_files(parse(uri), storage(**said), NAMES, env or {}, RESOURCES)


@pytest.mark.parametrize(
    ("text", "scheme", "place", "path", "name", "file_name"),
    [
        ("gs://models/r/v1/model.onnx", Scheme.GCS, "models", "r/v1/model.onnx", "model.onnx", "model.onnx"),
        ("gs://models/llama-3.1-8b/", Scheme.GCS, "models", "llama-3.1-8b", "llama-3.1-8b", ""),
        ("s3://my.models/a/b/", Scheme.S3, "my.models", "a/b", "b", ""),
        ("hf://BAAI/bge-m3@5617a9f", Scheme.HUGGING_FACE, "BAAI/bge-m3", "", "BAAI/bge-m3", ""),
        (
            "https://files.acme.example:8443/m/w.bin",
            Scheme.HTTPS,
            "files.acme.example:8443",
            "m/w.bin",
            "w.bin",
            "w.bin",
        ),
        (
            f"oci://r.example.com/models/bert@{DIGEST}",
            Scheme.OCI,
            f"r.example.com/models/bert@{DIGEST}",
            "",
            "bert",
            "",
        ),
        ("oci://r.example.com:5000/bert:v2", Scheme.OCI, "r.example.com:5000/bert:v2", "", "bert", ""),
        ("pvc://weights/bert/v2", Scheme.CLAIM, "weights", "bert/v2", "v2", ""),
        ("pvc://weights", Scheme.CLAIM, "weights", "", "weights", ""),
        ("file:///opt/models/bert/", Scheme.LOCAL, "", "/opt/models/bert", "bert", ""),
        ("file:///opt/models/bert.onnx", Scheme.LOCAL, "", "/opt/models/bert.onnx", "bert.onnx", "bert.onnx"),
    ],
)
def test_an_address_says_the_place_and_the_path(
    text: str, scheme: Scheme, place: str, path: str, name: str, file_name: str
) -> None:
    uri = parse(text)
    assert (uri.scheme, uri.place, uri.path, uri.name, uri.file_name) == (scheme, place, path, name, file_name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "ftp://models/bert",
            "must be the address of a model, got 'ftp://models/bert', "
            "allowed: gs://, s3://, hf://, https://, oci://, pvc://, file://",
        ),
        (
            "bert",
            "must be the address of a model, got 'bert', "
            "allowed: gs://, s3://, hf://, https://, oci://, pvc://, file://",
        ),
        ("gs://models", "must be gs://BUCKET/PATH, got 'gs://models'"),
        ("gs://Models/bert", "must be gs://BUCKET/PATH, got 'gs://Models/bert'"),
        ("s3://models/", "must be s3://BUCKET/PATH, got 's3://models/'"),
        ("hf://BAAI/bge-m3", "must be hf://OWNER/NAME@REVISION, got 'hf://BAAI/bge-m3'"),
        ("https://files.acme.example/m/", "must be https://HOST/PATH of one file, got 'https://files.acme.example/m/'"),
        (
            "oci://r.example.com/bert",
            "must be oci://REGISTRY/REPOSITORY@sha256:DIGEST, got 'oci://r.example.com/bert'",
        ),
        ("pvc://My_Claim", "must be pvc://CLAIM/PATH, got 'pvc://My_Claim'"),
        ("file://models/bert", "must be file:///PATH on the node, got 'file://models/bert'"),
    ],
)
def test_what_is_no_address_is_told_its_form(text: str, expected: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse(text)
    assert str(caught.value) == expected


def test_a_model_is_fetched_before_the_server_starts_to_a_folder_of_the_pods_own() -> None:
    files = planned("gs://models/bert/", size_limit="30Gi", sha256="b" * 64)
    folder = model_key(parse("gs://models/bert/"), storage(sha256="b" * 64))
    assert files.volumes[0] == {"name": "model", "emptyDir": {"sizeLimit": "30Gi"}}
    assert files.mounts == [{"name": "model", "mountPath": "/models", "readOnly": True, "subPath": folder}]
    (fetch,) = files.init_containers
    assert fetch["image"] == FETCH_IMAGE
    assert "@sha256:" in FETCH_IMAGE
    assert fetch["command"][3:] == [
        "fetch", "gs://models/bert/", f"/store/{folder}", "--sha256", "b" * 64,
    ]  # fmt: skip
    assert fetch["resources"] == RESOURCES
    assert fetch["securityContext"]["readOnlyRootFilesystem"] is True


def test_a_claim_that_many_may_write_is_filled_once_and_all_pods_wait_for_it() -> None:
    said = {"claim": CLAIM}
    assert is_fetched_once(parse("gs://models/bert/"), storage(**said))
    (waits,) = planned("gs://models/bert/", **said).init_containers
    folder = model_key(parse("gs://models/bert/"), storage(**said))
    assert waits["command"][4:] == ["--wait", f"/store/{folder}"]
    assert {"name": "model", "mountPath": "/store", "readOnly": True} in waits["volumeMounts"]
    job = fill_job_spec(parse("gs://models/bert/"), storage(**said), NAMES, {}, {"serviceAccountName": "bert"}, 1000)
    pod = job["template"]["spec"]
    assert pod["enableServiceLinks"] is False
    (fills,) = pod["containers"]
    assert fills["command"][4:] == ["gs://models/bert/", f"/store/{folder}"]
    assert (pod["serviceAccountName"], pod["restartPolicy"]) == ("bert", "OnFailure")
    assert "nvidia.com/gpu" not in str(pod)


def test_a_claim_of_one_node_is_filled_by_the_pod_itself() -> None:
    said = {"claim": {**CLAIM, "accessMode": "ReadWriteOnce"}}
    assert not is_fetched_once(parse("gs://models/bert/"), storage(**said))
    (fetch,) = planned("gs://models/bert/", **said).init_containers
    assert "--wait" not in fetch["command"]


def test_another_version_goes_to_another_folder_so_that_old_replicas_keep_theirs() -> None:
    keys = {
        model_key(parse("gs://models/bert/v1/"), storage()),
        model_key(parse("gs://models/bert/v2/"), storage()),
        model_key(parse("gs://models/bert/v2/"), storage(sha256="b" * 64)),
    }
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("uri", "volume", "mount"),
    [
        (
            f"oci://r.example.com/bert@{DIGEST}",
            {"image": {"reference": f"r.example.com/bert@{DIGEST}", "pullPolicy": "IfNotPresent"}},
            {},
        ),
        (
            "pvc://weights/bert",
            {"persistentVolumeClaim": {"claimName": "weights", "readOnly": True}},
            {"subPath": "bert"},
        ),
        ("file:///opt/bert/", {"persistentVolumeClaim": {"claimName": "bert-model", "readOnly": True}}, {}),
    ],
)
def test_what_is_there_already_is_mounted_and_not_fetched(
    uri: str, volume: dict[str, Any], mount: dict[str, Any]
) -> None:
    files = planned(uri)
    assert files.volumes == [{"name": "model", **volume}]
    assert files.mounts == [{"name": "model", "mountPath": "/models", "readOnly": True, **mount}]
    assert files.init_containers == []


def test_what_fetches_gets_the_credentials_of_its_place_and_no_others() -> None:
    env = {"HF_TOKEN": "secret", "HF_ENDPOINT": "config", "WANDB_API_KEY": "secret"}
    (fetch,) = planned("hf://acme/bert@v1", env).init_containers
    assert fetch["env"] == [
        {"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "bert-secret", "key": "HF_TOKEN"}}},
        {"name": "HF_ENDPOINT", "valueFrom": {"configMapKeyRef": {"name": "bert-config", "key": "HF_ENDPOINT"}}},
    ]
    (by_identity,) = planned("gs://models/bert/", env).init_containers
    assert "env" not in by_identity


@pytest.mark.parametrize(
    ("uri", "path"),
    [("gs://models/bert/model.onnx", "/weights/model.onnx"), ("gs://models/bert/", "/weights"), (None, "/weights")],
)
def test_the_server_finds_the_file_or_the_folder(uri: str | None, path: str) -> None:
    assert path_in_pod(parse(uri) if uri else None, storage(mountPath="/weights")) == path


def test_a_local_file_is_in_the_folder_that_is_mounted() -> None:
    assert volume_spec(parse("file:///opt/m/w.onnx"), "c", "ns")["hostPath"]["path"] == "/opt/m"
    assert volume_spec(parse("file:///opt/m/"), "c", "ns")["hostPath"]["path"] == "/opt/m"
