"""Parts of the pods of model servers and training jobs."""

from typing import Any

from gpuplane.arguments.inputs import Input

TMP_VOLUME: dict[str, Any] = {"name": "tmp", "emptyDir": {}}
TMP_MOUNT: dict[str, Any] = {"name": "tmp", "mountPath": "/tmp"}
SHARED_MEMORY_MOUNT: dict[str, Any] = {"name": "shared-memory", "mountPath": "/dev/shm"}


def shared_memory_volume(size_limit: str) -> dict[str, Any]:
    """Return the volume of `/dev/shm`, which counts as memory of the container."""
    return {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": size_limit}}


def env_from(config_map: Input[str] | None, secret: Input[str] | None) -> dict[str, Any]:
    """Return the container's `envFrom`, empty without a ConfigMap and a Secret.

    Args:
        config_map: Name of the ConfigMap with environment variables.
        secret: Name of the Secret with environment variables.

    Example:
        >>> env_from("config", None)
        {'envFrom': [{'configMapRef': {'name': 'config'}}]}
    """
    sources = [
        *([{"configMapRef": {"name": config_map}}] if config_map is not None else []),
        *([{"secretRef": {"name": secret}}] if secret is not None else []),
    ]
    return {"envFrom": sources} if sources else {}
