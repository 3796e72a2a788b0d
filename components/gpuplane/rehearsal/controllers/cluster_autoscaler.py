"""Whether a cluster autoscaler runs in the cluster: the program's own, one of a chart, or one that is there already."""

from collections.abc import Iterable, Mapping
from typing import Any

from gpuplane.fields import field
from gpuplane.rehearsal.snapshot import Snapshot

CLUSTER_AUTOSCALER = "cluster-autoscaler"


class ClusterAutoscaler:
    """What is known of it. A cluster that the program did not make has one, unless the program brings it."""

    def __init__(self) -> None:
        self._is_new_cluster = False
        self._is_of_chart = False

    def on_new_cluster(self) -> None:
        """Nothing is in the cluster but what the program brings."""
        self._is_new_cluster = True

    def on_chart(self) -> None:
        """A chart brings it, whose objects are not there."""
        self._is_of_chart = True

    def runs(self, snapshot: Snapshot) -> bool:
        """Whether it would add nodes now."""
        made = _made(snapshot)
        if made:
            return any(field(one, "status.readyReplicas", 0) for one in made)
        return self._is_of_chart or not self._is_new_cluster

    def notes(self, snapshot: Snapshot) -> list[str]:
        """A line where it was assumed to be there."""
        if self._is_new_cluster or self._is_of_chart or _made(snapshot):
            return []
        return ["assumed: a cluster autoscaler is in the cluster, which EKS pools need to grow"]


def is_chart(chart: str) -> bool:
    """Whether a Helm chart is the cluster autoscaler's.

    Example:
        >>> is_chart("https://kubernetes.github.io/autoscaler/cluster-autoscaler"), is_chart("kueue")
        (True, False)
    """
    return chart.rpartition("/")[2] == CLUSTER_AUTOSCALER


def _made(snapshot: Snapshot) -> list[Mapping[str, Any]]:
    return [one for one in snapshot.deployments if any(map(_is_image, _images(one)))]


def _images(deployment: Mapping[str, Any]) -> Iterable[str]:
    return (str(one.get("image", "")) for one in field(deployment, "spec.template.spec.containers", []))


def _is_image(image: str) -> bool:
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0] == CLUSTER_AUTOSCALER
