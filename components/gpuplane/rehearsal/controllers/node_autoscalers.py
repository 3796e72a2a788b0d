"""Node autoscalers, and whether they are in the cluster: created by the program, by a chart, or already there."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.simulation.nodes.pool import CLUSTER_AUTOSCALER, KARPENTER


class NodeAutoscaler(NamedTuple):
    """A kind of node autoscaler.

    Attributes:
        chart: Name of its Helm chart in any registry.
        image: The end of its image's name.
        assumed: The note of a verdict that assumed it to be there.
    """

    chart: str
    image: str
    assumed: str


NODE_AUTOSCALERS: Mapping[str, NodeAutoscaler] = {
    CLUSTER_AUTOSCALER: NodeAutoscaler(
        "cluster-autoscaler",
        "cluster-autoscaler",
        "a cluster autoscaler is in the cluster, which EKS pools need to grow",
    ),
    KARPENTER: NodeAutoscaler(
        "karpenter", "karpenter/controller", "Karpenter is in the cluster, which its pools need to have nodes"
    ),
}
"""All kinds, by the name in `PoolNodes.autoscaler`."""


class NodeAutoscalers:
    """The node autoscalers of the cluster. An existing cluster is assumed to have those that the program does not
    bring.
    """

    def __init__(self) -> None:
        self._is_new_cluster = False
        self._of_charts: set[str] = set()

    def on_new_cluster(self) -> None:
        """Take the cluster as new: it has only what the program brings."""
        self._is_new_cluster = True

    def on_chart(self, chart: str) -> None:
        """Record the autoscaler of a chart, whose objects are not created here."""
        self._of_charts.update(filter(None, [installed_by_chart(chart)]))

    def running(self, snapshot: Snapshot) -> frozenset[str]:
        """Return the autoscalers that can add nodes now."""
        return frozenset(name for name in NODE_AUTOSCALERS if self._runs(name, snapshot))

    def notes(self, needed: Collection[str], snapshot: Snapshot) -> list[str]:
        """Return a line for each needed autoscaler that was assumed to be there."""
        if self._is_new_cluster:
            return []
        missing = [name for name in NODE_AUTOSCALERS if name in needed and name not in self._of_charts]
        return [f"assumed: {NODE_AUTOSCALERS[name].assumed}" for name in missing if not _made(name, snapshot)]

    def _runs(self, name: str, snapshot: Snapshot) -> bool:
        made = _made(name, snapshot)
        if made:
            return any(field(one, "status.readyReplicas", 0) for one in made)
        return name in self._of_charts or not self._is_new_cluster


def installed_by_chart(chart: str) -> str:
    """Return the autoscaler that a Helm chart installs; empty for another chart.

    Example:
        >>> installed_by_chart("https://kubernetes.github.io/autoscaler/cluster-autoscaler")
        'cluster-autoscaler'
        >>> installed_by_chart("karpenter-crd")
        ''
    """
    wanted = chart.rpartition("/")[2]
    return next((name for name, scaler in NODE_AUTOSCALERS.items() if scaler.chart == wanted), "")


def _made(name: str, snapshot: Snapshot) -> list[Mapping[str, Any]]:
    image = NODE_AUTOSCALERS[name].image
    return [one for one in snapshot.deployments if any(_is_of(given, image) for given in _images(one))]


def _images(deployment: Mapping[str, Any]) -> Iterable[str]:
    return (str(one.get("image", "")) for one in field(deployment, "spec.template.spec.containers", []))


def _is_of(given: str, image: str) -> bool:
    folder, slash, name = given.partition("@")[0].rpartition("/")
    return f"/{folder}{slash}{name.partition(':')[0]}".endswith(f"/{image}")
