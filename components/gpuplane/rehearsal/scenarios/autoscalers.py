"""The stack's autoscalers, as scenarios drive them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import KubernetesApi, condition
from gpuplane.rehearsal.control_plane.snapshot import Snapshot

Object = dict[str, Any]

# Without stabilization windows in either direction: KWOK cannot make time go faster.
NO_WINDOWS: Mapping[str, Any] = {
    direction: {
        "stabilizationWindowSeconds": 0,
        "selectPolicy": "Max",
        "policies": [{"type": "Pods", "value": 1000, "periodSeconds": 1}],
    }
    for direction in ("scaleUp", "scaleDown")
}


@dataclass(frozen=True)
class Autoscaler:
    """A HorizontalPodAutoscaler at one moment."""

    obj: Object

    @property
    def key(self) -> str:
        """Its namespace and name."""
        return f"{self.obj['metadata']['namespace']}/{self.obj['metadata']['name']}"

    @property
    def minimum(self) -> int:
        """Its minimum of replicas."""
        return self.obj["spec"].get("minReplicas", 1)

    @property
    def maximum(self) -> int:
        """Its maximum of replicas."""
        return self.obj["spec"]["maxReplicas"]

    @property
    def inactive(self) -> Mapping[str, Any]:
        """The condition that says why it cannot scale; empty if it can."""
        active = condition(self.obj, "ScalingActive")
        return active if active.get("status") == "False" else {}

    @property
    def is_active(self) -> bool:
        """Whether it reads its metrics."""
        return condition(self.obj, "ScalingActive").get("status") == "True"

    @property
    def target_name(self) -> str:
        """Kind, namespace and name of its target."""
        target = self.obj["spec"]["scaleTargetRef"]
        return f"{target['kind']} {self.obj['metadata']['namespace']}/{target['name']}"

    def has_ready_pods(self, snapshot: Snapshot) -> bool:
        """Return whether its target has ready pods to measure."""
        return field(self.target(snapshot), "status.readyReplicas", 0) > 0

    def target(self, snapshot: Snapshot) -> Object | None:
        """Return the Deployment or StatefulSet that it scales; None if it does not exist."""
        wanted = self.obj["spec"]["scaleTargetRef"]
        for candidate in (*snapshot.deployments, *snapshot.stateful_sets):
            metadata = candidate["metadata"]
            if (candidate["kind"], metadata["name"]) == (wanted["kind"], wanted["name"]) and (
                metadata["namespace"] == self.obj["metadata"]["namespace"]
            ):
                return candidate
        return None

    def replicas(self, snapshot: Snapshot) -> int:
        """Return the replicas in the spec of its target."""
        return field(self.target(snapshot), "spec.replicas", 1)

    def disable_windows(self, api: KubernetesApi) -> None:
        """Let it follow the load at once; one that cannot read its metrics gets its maximum as minimum."""
        told = {"minReplicas": self.maximum} if self.inactive else {}
        api.patch(self.obj, {"spec": {"behavior": NO_WINDOWS, **told}})

    def restore(self, api: KubernetesApi, original: "Autoscaler", replicas: int, snapshot: Snapshot) -> None:
        """Restore its behavior and minimum, and the replicas of its target."""
        spec = original.obj["spec"]
        api.patch(self.obj, {"spec": {"behavior": None, "minReplicas": original.minimum}})
        if spec.get("behavior"):
            api.patch(self.obj, {"spec": {"behavior": spec["behavior"]}})
        target = self.target(snapshot)
        if target and field(target, "spec.replicas", 1) != replicas:
            api.patch(target, {"spec": {"replicas": replicas}}, "scale")


def autoscalers(snapshot: Snapshot) -> list[Autoscaler]:
    """Return all autoscalers that have a target."""
    found = [Autoscaler(obj) for obj in snapshot.autoscalers]
    return [one for one in found if one.target(snapshot)]
