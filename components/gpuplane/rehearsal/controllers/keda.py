"""KEDA's part in a rehearsal: the HorizontalPodAutoscaler that its operator makes for a ScaledObject."""

from collections.abc import Iterator, Mapping
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import KubernetesApi, key

Object = Mapping[str, Any]

SCALED_OBJECT = ("keda.sh/v1alpha1", "ScaledObject")

_MOST = 100
_OF_PODS = ("cpu", "memory")


class Keda:
    """Reads the ScaledObjects, as KEDA's operator would.

    Args:
        api: The API server, which gets the autoscalers.
        notes: Gets a line for each that would go to zero in a real cluster.
    """

    kinds = (SCALED_OBJECT,)

    def __init__(self, api: KubernetesApi, notes: list[str]) -> None:
        self._api = api
        self._notes = notes

    def on_object(self, obj: Object) -> None:
        """There is an autoscaler for it from now on."""
        self._api.apply(autoscaler(obj))
        if not field(obj, "spec.minReplicaCount", 0):
            self._notes.append(f"{key(obj)} keeps one replica here: KEDA's step to zero is not simulated")

    def on_gone(self, obj: Object) -> None:
        """Its autoscaler goes with it, as what it owns."""


def autoscaler(scaled: Object) -> dict[str, Any]:
    """The autoscaler for a ScaledObject. What its triggers measure is simulated, whatever they ask.

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


def is_kedas(horizontal: Object) -> bool:
    """Whether an autoscaler is one that KEDA makes, and whose metrics it serves."""
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
