"""A definition that accepts every object, for kinds without a known one."""

from collections.abc import Iterable, Mapping
from typing import Any

_OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
# The API server requires it in Kubernetes' own groups.
# Source: https://github.com/kubernetes/enhancements/pull/1111
_APPROVED = {"api-approved.kubernetes.io": "unapproved, a placeholder"}


def placeholder(group: str, kind: str, objects: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a definition without a schema, in the versions and scope that the objects use.

    Args:
        group: Its API group.
        kind: The kind.
        objects: All objects of that kind in the program.

    Example:
        >>> queue = {"apiVersion": "kueue.x-k8s.io/v1beta1", "kind": "LocalQueue", "metadata": {"namespace": "ml"}}
        >>> placeholder("kueue.x-k8s.io", "LocalQueue", [queue])["spec"]["scope"]
        'Namespaced'
    """
    used = list(objects)
    versions = sorted({str(one["apiVersion"]).rpartition("/")[2] for one in used})
    is_namespaced = any(one["metadata"].get("namespace") for one in used)
    singular = kind.lower()
    plural = f"{singular[:-1]}ies" if singular.endswith("y") else f"{singular}{'es' if singular[-1] in 'sx' else 's'}"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}", "annotations": _APPROVED},
        "spec": {
            "group": group,
            "scope": "Namespaced" if is_namespaced else "Cluster",
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": singular},
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": version == versions[-1],
                    "schema": {"openAPIV3Schema": _OPEN},
                    "subresources": {"status": {}},
                }
                for version in versions
            ],
        },
    }
