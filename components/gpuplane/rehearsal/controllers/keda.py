"""Stands in for KEDA: creates the HorizontalPodAutoscaler of a ScaledObject."""

from collections.abc import Iterator, Mapping
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import KubernetesApi, key

Object = Mapping[str, Any]

SCALED_OBJECT = ("keda.sh/v1alpha1", "ScaledObject")

_MOST = 100
_OF_PODS = ("cpu", "memory")


class Keda:
    """Reads ScaledObjects, as KEDA's operator does.

    Args:
        api: The API server that the autoscalers are created in.
        notes: Receives a line for each ScaledObject that scales to zero in a real cluster.
    """

    kinds = (SCALED_OBJECT,)

    def __init__(self, api: KubernetesApi, notes: list[str]) -> None:
        self._api = api
        self._notes = notes

    def on_object(self, obj: Object) -> None:
        """Create or update its autoscaler."""
        self._api.apply(autoscaler(obj))
        if not field(obj, "spec.minReplicaCount", 0):
            self._notes.append(f"{key(obj)} keeps one replica here: scaling to zero is not simulated")

    def on_gone(self, obj: Object) -> None:
        """Do nothing: its autoscaler is garbage-collected."""


def autoscaler(scaled: Object) -> dict[str, Any]:
    """Return the autoscaler of a ScaledObject. The metrics of its triggers are simulated.

    Source: https://keda.sh/docs/latest/reference/scaledobject-spec/

    Example:
        >>> spec = {"scaleTargetRef": {"name": "bert"}, "maxReplicaCount": 4, "triggers": [{"type": "prometheus"}]}
        >>> made = autoscaler({"metadata": {"name": "bert", "namespace": "ml", "uid": "1"}, "spec": spec,
        ...     "apiVersion": "keda.sh/v1alpha1"})
        >>> made["metadata"]["name"], made["spec"]["minReplicas"], made["spec"]["maxReplicas"]
        ('keda-hpa-bert', 1, 4)
    """
    metadata, spec = scaled["metadata"], scaled["spec"]
    config = field(spec, "advanced.horizontalPodAutoscalerConfig", {})
    behavior = {"behavior": config["behavior"]} if config.get("behavior") else {}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {
            "name": config.get("name") or f"keda-hpa-{metadata['name']}",
            "namespace": metadata["namespace"],
            "ownerReferences": [
                {
                    "apiVersion": scaled["apiVersion"],
                    "kind": SCALED_OBJECT[1],
                    "name": metadata["name"],
                    "uid": metadata["uid"],
                    "controller": True,
                }
            ],
        },
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", **spec["scaleTargetRef"]},
            "minReplicas": max(1, spec.get("minReplicaCount", 0)),
            "maxReplicas": spec.get("maxReplicaCount", _MOST),
            "metrics": list(_metrics(spec.get("triggers", []))),
            **behavior,
        },
    }


def is_created_by_keda(horizontal: Object) -> bool:
    """Return whether KEDA creates the autoscaler and serves its metrics."""
    return any(owner["kind"] == SCALED_OBJECT[1] for owner in field(horizontal, "metadata.ownerReferences", []))


def _metrics(triggers: list[Object]) -> Iterator[dict[str, Any]]:
    for index, trigger in enumerate(triggers):
        kind = str(trigger["type"])
        if kind in _OF_PODS:
            percent = int(field(trigger, "metadata.value", "80"))
            target = {"type": "Utilization", "averageUtilization": percent}
            yield {"type": "Resource", "resource": {"name": kind, "target": target}}
        else:
            target = {"type": "AverageValue", "averageValue": "1"}
            yield {"type": "External", "external": {"metric": {"name": f"s{index}-{kind}"}, "target": target}}
