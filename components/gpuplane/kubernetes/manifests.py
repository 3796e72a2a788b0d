"""Kubernetes objects: from a resource's inputs to the object that is sent to the API server."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from gpuplane.plain.nested import field

KUBERNETES_PROVIDER = "pulumi:providers:kubernetes"
_HASH_LENGTH = 8


def is_object(resource_type: str) -> bool:
    """Return whether a resource of this type is a single Kubernetes object, not a chart or a list.

    A patch is one as well: server-side apply changes only the fields that it sets.
    """
    package, _, rest = resource_type.partition(":")
    module, _, kind = rest.partition(":")
    is_bundle = module.startswith(("helm.sh", "yaml", "kustomize")) or kind.endswith("List")
    return package == "kubernetes" and "/" in module and not is_bundle


def manifest(logical_name: str, inputs: Mapping[str, Any], default_namespace: str | None = None) -> dict[str, Any]:
    """Return the object, auto-named like the Kubernetes provider does.

    An object without a name gets its logical name and a hash. The provider's hash is random; this one is of the
    content, so that the same program gives the same names.

    Args:
        logical_name: Name of the resource in the program.
        inputs: Its plain inputs.
        default_namespace: The provider's namespace, for objects without one.
    """
    obj = {key: value for key, value in inputs.items() if value is not None}
    metadata: dict[str, Any] = dict(field(obj, "metadata", {}))
    if default_namespace is not None:
        metadata.setdefault("namespace", default_namespace)
    if not metadata.get("name") and not metadata.get("generateName"):
        content = json.dumps({**obj, "metadata": metadata}, sort_keys=True, default=str)
        digest = hashlib.sha256(content.encode()).hexdigest()[:_HASH_LENGTH]
        metadata["name"] = f"{logical_name}-{digest}"
    return {**obj, "metadata": metadata}


def resource_id(obj: Mapping[str, Any]) -> str:
    """Return the id that the Kubernetes provider gives an object: `namespace/name`, or only the name."""
    metadata = obj["metadata"]
    return f"{metadata['namespace']}/{metadata['name']}" if metadata.get("namespace") else str(metadata["name"])
