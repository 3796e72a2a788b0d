"""The transformers of a kustomization, each of which changes the objects in place.

Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization
"""

from collections.abc import Callable, Iterator
from typing import Any

from gpuplane.plain.nested import items, mapping

Objects = list[dict[str, Any]]

CLUSTER_WIDE = ("Namespace", "ClusterRole", "ClusterRoleBinding", "PriorityClass", "StorageClass")
WITH_PODS = ("Deployment", "StatefulSet", "DaemonSet")


def set_images(objects: Objects, value: Any) -> None:
    """Change the names, tags or digests of images, matched by name."""
    for entry in map(mapping, items(value)):
        for container in _containers(objects):
            bare, at, digest = str(container.get("image", "")).partition("@")
            folder, slash, last = bare.rpartition("/")
            name, colon, tag = last.partition(":")
            if folder + slash + name != entry.get("name"):
                continue
            renamed = str(entry.get("newName", folder + slash + name))
            if "digest" in entry:
                container["image"] = f"{renamed}@{entry['digest']}"
            elif "newTag" in entry:
                container["image"] = f"{renamed}:{entry['newTag']}"
            else:
                container["image"] = renamed + colon + tag + at + digest


def _containers(objects: Objects) -> Iterator[dict[str, Any]]:
    for obj in objects:
        pod = mapping(mapping(mapping(obj.get("spec")).get("template")).get("spec"))
        for key in ("containers", "initContainers"):
            yield from map(mapping, items(pod.get(key)))


def set_replicas(objects: Objects, value: Any) -> None:
    """Change the replicas of workloads, matched by name."""
    for entry in map(mapping, items(value)):
        for obj in objects:
            if obj["metadata"].get("name") == entry.get("name") and obj.get("kind") in WITH_PODS:
                obj.setdefault("spec", {})["replicas"] = entry.get("count")


def set_namespace(objects: Objects, value: Any) -> None:
    """Set the namespace of every namespaced object."""
    for obj in objects:
        if obj.get("kind") == "Namespace":
            obj["metadata"]["name"] = value
        elif obj.get("kind") not in CLUSTER_WIDE:
            obj["metadata"]["namespace"] = value


def add_common_labels(objects: Objects, value: Any) -> None:
    """Add labels to every object, its selectors and its pods."""
    for obj in objects:
        _add(obj, "metadata.labels", value)
        if obj.get("kind") == "Service":
            _add(obj, "spec.selector", value)
        if obj.get("kind") in WITH_PODS:
            _add(obj, "spec.selector.matchLabels", value)
            _add(obj, "spec.template.metadata.labels", value)


def add_labels(objects: Objects, value: Any) -> None:
    """Add labels to every object, and to selectors and pods where the entry says so."""
    for entry in map(mapping, items(value)):
        pairs = mapping(entry.get("pairs"))
        if entry.get("includeSelectors"):
            add_common_labels(objects, pairs)
            continue
        for obj in objects:
            _add(obj, "metadata.labels", pairs)
            if entry.get("includeTemplates") and obj.get("kind") in WITH_PODS:
                _add(obj, "spec.template.metadata.labels", pairs)


def add_annotations(objects: Objects, value: Any) -> None:
    """Add annotations to every object and its pods."""
    for obj in objects:
        _add(obj, "metadata.annotations", value)
        if obj.get("kind") in WITH_PODS:
            _add(obj, "spec.template.metadata.annotations", value)


def _add(obj: dict[str, Any], path: str, pairs: Any) -> None:
    here = obj
    for step in path.split("."):
        here = here.setdefault(step, {})
    here.update(mapping(pairs))


TRANSFORMERS: dict[str, Callable[[Objects, Any], None]] = {
    "images": set_images,
    "replicas": set_replicas,
    "namespace": set_namespace,
    "commonLabels": add_common_labels,
    "labels": add_labels,
    "commonAnnotations": add_annotations,
}
"""The transformers by their keys in a kustomization."""
