"""Everything that the verdict reads, as the API server shows it at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import KubernetesApi

Object = dict[str, Any]

_KINDS = {
    "nodes": ("v1", "Node"),
    "pods": ("v1", "Pod"),
    "deployments": ("apps/v1", "Deployment"),
    "replica_sets": ("apps/v1", "ReplicaSet"),
    "daemon_sets": ("apps/v1", "DaemonSet"),
    "stateful_sets": ("apps/v1", "StatefulSet"),
    "jobs": ("batch/v1", "Job"),
    "autoscalers": ("autoscaling/v2", "HorizontalPodAutoscaler"),
    "claims": ("v1", "PersistentVolumeClaim"),
    "volumes": ("v1", "PersistentVolume"),
    "classes": ("storage.k8s.io/v1", "StorageClass"),
    "services": ("v1", "Service"),
    "quotas": ("v1", "ResourceQuota"),
    "config_maps": ("v1", "ConfigMap"),
    "events": ("v1", "Event"),
}

POOL_ANNOTATION = "gpuplane/pool"


@dataclass(frozen=True)
class Snapshot:
    """Objects by kind."""

    nodes: list[Object]
    pods: list[Object]
    deployments: list[Object]
    replica_sets: list[Object]
    daemon_sets: list[Object]
    stateful_sets: list[Object]
    jobs: list[Object]
    autoscalers: list[Object]
    claims: list[Object]
    volumes: list[Object]
    classes: list[Object]
    services: list[Object]
    quotas: list[Object]
    config_maps: list[Object]
    events: list[Object]

    @classmethod
    def of(cls, api: KubernetesApi) -> "Snapshot":
        """List the current objects."""
        return cls(**{name: api.list(*kind) for name, kind in _KINDS.items()})

    @classmethod
    def empty(cls) -> "Snapshot":
        """Return a snapshot without objects."""
        return cls(**{name: list[Object]() for name in _KINDS})

    def owned_by(self, owner: Object, kind: str) -> list[Object]:
        """Return the objects of a kind whose controller is this owner."""
        uid = owner["metadata"]["uid"]
        return [
            one
            for one in getattr(self, kind)
            if any(reference["uid"] == uid for reference in field(one, "metadata.ownerReferences", []))
        ]

    @property
    def progress(self) -> frozenset[tuple[str, str, str]]:
        """A value that changes as long as anything moves: the states of all objects but events."""
        quiet = {"events", "nodes"}
        return frozenset(
            (one["kind"], one["metadata"]["uid"], _state(one))
            for kind in _KINDS.keys() - quiet
            for one in getattr(self, kind)
        ) | {("Node", node["metadata"]["name"], str(node["status"].get("allocatable"))) for node in self.nodes}


def _state(obj: Object) -> str:
    """Return the object's status without times, which change by themselves."""
    return str(_without_clocks(obj.get("status", {}))) + str(obj.get("spec", {}).get("nodeName"))


def _without_clocks(value: Any) -> Any:
    if isinstance(value, dict):
        known = cast(Object, value)
        return {key: _without_clocks(inner) for key, inner in known.items() if not key.endswith("Time")}
    if isinstance(value, list):
        return [_without_clocks(inner) for inner in cast(list[Any], value)]
    return value


def pool_of(node: Mapping[str, Any]) -> str:
    """Return the pool of a node."""
    return str(field(node, "metadata.annotations", {}).get(POOL_ANNOTATION, "other"))
