"""The model's part of a pod: volumes, mounts and init containers."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.serving.artefacts.uri import FETCHED, ModelUri, Scheme
from gpuplane.serving.storage import READ_WRITE_MANY, ModelStorage
from gpuplane.workloads.security import CONTAINER_SECURITY

# The image of the package `fetch`: plain Python, for both architectures.
FETCH_IMAGE = "python:3.13-slim@sha256:6771159cd4fa5d9bba1258caf0b82e6b73458c694d178ad97c5e925c2d0e1a91"

STORE = "/store"
_SCRIPTS = "/scripts"

# The server's variables that hold the credentials of each scheme.
CREDENTIALS: Mapping[Scheme, tuple[str, ...]] = {
    Scheme.S3: ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL_S3"),
    Scheme.HUGGING_FACE: ("HF_TOKEN", "HF_ENDPOINT"),
}


@dataclass(frozen=True)
class Names:
    """Names of the objects that a pod refers to, None for those it does not have."""

    claim: Input[str] | None = None
    script: Input[str] | None = None
    config_map: Input[str] | None = None
    secret: Input[str] | None = None


@dataclass(frozen=True)
class ModelFiles:
    """The model's part of a pod."""

    volumes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    mounts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    init_containers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def is_fetched_once(uri: ModelUri | None, storage: ModelStorage) -> bool:
    """Tell whether a Job fetches the model for all replicas, as it does with a ReadWriteMany claim."""
    return bool(uri and uri.scheme in FETCHED and storage.claim and storage.claim.access_mode == READ_WRITE_MANY)


def path_in_pod(uri: ModelUri | None, storage: ModelStorage) -> str:
    """Return the model's path in the server's container."""
    return f"{storage.mount_path}/{uri.file_name}" if uri and uri.file_name else storage.mount_path


def model_files(
    uri: ModelUri, storage: ModelStorage, names: Names, env: Mapping[str, str], resources: Mapping[str, Any]
) -> ModelFiles:
    """Return the model's part of the pod.

    Args:
        uri: The model's address.
        storage: Its storage.
        names: Names of the objects it refers to.
        env: The kind of each of the server's variables, `config` or `secret`.
        resources: The server's resources without GPUs: an init container with the same ones costs nothing more.
    """
    mount: dict[str, Any] = {"name": "model", "mountPath": storage.mount_path, "readOnly": True}
    if uri.scheme is Scheme.OCI:
        return ModelFiles([{"name": "model", "image": {"reference": uri.place, "pullPolicy": "IfNotPresent"}}], [mount])
    if uri.scheme is Scheme.CLAIM:
        below = {"subPath": uri.path} if uri.path else {}
        return ModelFiles([_claim(uri.place, read_only=True)], [{**mount, **below}])
    if uri.scheme is Scheme.LOCAL:
        return ModelFiles([_claim(names.claim, read_only=True)], [mount])
    folder = model_key(uri, storage)
    kept = _claim(names.claim) if storage.claim else {"name": "model", "emptyDir": {"sizeLimit": storage.size_limit}}
    if is_fetched_once(uri, storage):
        first = _python("wait-for-model", ["--wait", f"{STORE}/{folder}"], resources, read_only=True)
    else:
        first = fetch_container(uri, storage, names, env, resources)
    return ModelFiles([kept, script_volume(names)], [{**mount, "subPath": folder}], [first])


def fetch_container(
    uri: ModelUri, storage: ModelStorage, names: Names, env: Mapping[str, str], resources: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the container that fetches the model; arguments as of `model_files`."""
    checksum = ["--sha256", storage.sha256] if storage.sha256 else []
    container = _python(
        "fetch-model", [uri.text, f"{STORE}/{model_key(uri, storage)}", *checksum], resources, read_only=False
    )
    variables = [_variable(name, env[name], names) for name in CREDENTIALS.get(uri.scheme, ()) if name in env]
    return {**container, **({"env": variables} if variables else {})}


def model_key(uri: ModelUri, storage: ModelStorage) -> str:
    """Return the folder of a fetched model; each address and checksum has its own."""
    return hashlib.sha256(f"{uri.text} {storage.sha256 or ''}".encode()).hexdigest()[:12]


def script_volume(names: Names) -> dict[str, Any]:
    """Return the volume with the package `fetch`."""
    items = [{"key": name, "path": f"fetch/{name}"} for name in script()]
    return {"name": "scripts", "configMap": {"name": names.script, "items": items}}


def script() -> dict[str, str]:
    """Return the data of the ConfigMap with the package `fetch`, one key per module."""
    modules = sorted(files("gpuplane.serving.artefacts.fetch").iterdir(), key=lambda one: one.name)
    return {one.name: one.read_text(encoding="utf-8") for one in modules if one.name.endswith(".py")}


def _python(name: str, arguments: list[str], resources: Mapping[str, Any], read_only: bool) -> dict[str, Any]:
    return {
        "name": name,
        "image": FETCH_IMAGE,
        "command": ["python", "-u", "-m", "fetch", *arguments],
        "workingDir": _SCRIPTS,
        "resources": resources,
        "volumeMounts": [
            {"name": "model", "mountPath": STORE, **({"readOnly": True} if read_only else {})},
            {"name": "scripts", "mountPath": _SCRIPTS, "readOnly": True},
        ],
        "securityContext": CONTAINER_SECURITY,
    }


def _variable(name: str, kind: str, names: Names) -> dict[str, Any]:
    source = ("configMapKeyRef", names.config_map) if kind == "config" else ("secretKeyRef", names.secret)
    return {"name": name, "valueFrom": {source[0]: {"name": source[1], "key": name}}}


def _claim(name: Input[str] | None, read_only: bool = False) -> dict[str, Any]:
    return {
        "name": "model",
        "persistentVolumeClaim": {"claimName": name, **({"readOnly": True} if read_only else {})},
    }
