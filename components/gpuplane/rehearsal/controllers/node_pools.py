"""The node pools of the rehearsal's cluster, and the autoscaler that adds nodes to them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import KubernetesApi, condition
from gpuplane.rehearsal.control_plane.snapshot import POOL_ANNOTATION, Snapshot, pool_of
from gpuplane.rehearsal.controllers.device_plugins import DevicePlugins
from gpuplane.simulation.nodes.pool import PoolNodes
from gpuplane.sizing.fit import Resources, admits, allocatable, less, place, requests

Object = dict[str, Any]

ZONE_LABEL = "topology.kubernetes.io/zone"


@dataclass(frozen=True)
class PoolState:
    """A pool at one moment.

    Attributes:
        name: Logical name of the pool's resource in the program.
        nodes: Number of nodes.
        maximum: Highest number of nodes.
        zones: The zones that it may have nodes in.
        template: A node of the pool, with the GPUs that it will advertise.
        lacks: The node autoscaler that it needs and that does not run in the cluster; empty if none is missing.
    """

    name: str
    nodes: int
    maximum: int
    zones: tuple[str, ...]
    template: Object
    lacks: str = ""


class NodePools:
    """Adds and removes nodes as a cloud and its autoscaler do. Not thread-safe.

    Attributes:
        running: The node autoscalers that run in the cluster.
    """

    def __init__(self, api: KubernetesApi) -> None:
        self._api = api
        self._pools: dict[str, PoolNodes] = {}
        self._members: dict[str, set[int]] = {}
        self._lost_zones: set[str] = set()
        self._sold_out: set[str] = set()
        self.running: frozenset[str] = frozenset()

    def add(self, name: str, nodes: PoolNodes) -> None:
        """Add a pool of the program; its minimum of nodes comes at once. A pool with a maximum of 0 is ignored."""
        if not nodes.maximum:
            return
        self._pools[name] = nodes
        self._members.setdefault(name, set())
        self._grow(name, nodes.minimum)

    @property
    def needed(self) -> set[str]:
        """The node autoscalers that the pools need to reach their maximum."""
        return {nodes.autoscaler for nodes in self._pools.values() if nodes.minimum < nodes.maximum} - {""}

    def remove(self, name: str) -> list[str]:
        """Remove a pool, and return the names of its nodes."""
        gone = [self._delete(name, index) for index in self._members.pop(name, set[int]())]
        self._pools.pop(name, None)
        return gone

    def states(self, plugins: DevicePlugins) -> list[PoolState]:
        """Return the present state of all pools, with what device plugins will advertise on their nodes."""
        return [
            PoolState(
                name,
                len(self._members[name]),
                nodes.maximum,
                nodes.zones,
                plugins.with_devices(self._node(name, 0)),
                self._lacks(nodes),
            )
            for name, nodes in self._pools.items()
        ]

    def retire(self, node_name: str) -> list[str]:
        """Remove a node; its pool keeps its minimum."""
        gone: list[str] = []
        for name, members in self._members.items():
            for index in list(members):
                if self._node(name, index)["metadata"]["name"] == node_name:
                    members.remove(index)
                    gone.append(self._delete(name, index))
        return gone

    def lose(self, zone: str) -> list[str]:
        """Remove all nodes of a zone, and allow none there until `regain`."""
        gone: list[str] = []
        self._lost_zones.add(zone)
        for name, members in self._members.items():
            for index in [one for one in members if self._zone(name, one) == zone]:
                members.remove(index)
                gone.append(self._delete(name, index))
        return gone

    def sell_out(self, name: str) -> None:
        """Let the cloud have no more nodes for a pool; existing ones stay."""
        self._sold_out.add(name)

    def regain(self) -> None:
        """Allow nodes in all zones again."""
        self._lost_zones.clear()

    def shrink(self, snapshot: Snapshot) -> list[str]:
        """Remove nodes without workloads, down to the minimum, as an autoscaler does after some minutes."""
        gone: list[str] = []
        busy = {pod["spec"].get("nodeName") for pod in snapshot.pods if _is_active(pod) and not is_daemon(pod)}
        for name, members in self._members.items():
            idle = [one for one in sorted(members) if self._node(name, one)["metadata"]["name"] not in busy]
            for index in idle[: max(0, len(members) - self._pools[name].minimum)]:
                members.remove(index)
                gone.append(self._delete(name, index))
        return gone

    def tick(self, snapshot: Snapshot, plugins: DevicePlugins) -> None:
        """Run one round: keep pools at their minimum, and add nodes for pending pods."""
        waiting = [pod for pod in snapshot.pods if condition(pod, "PodScheduled").get("reason") == "Unschedulable"]
        # Pods that must spread over nodes or zones need another node, whatever room the present ones have.
        spread = [pod["spec"] for pod in waiting if _is_kept_apart(pod)]
        packed = [pod["spec"] for pod in waiting if not _is_kept_apart(pod)]
        for name, nodes in self._pools.items():
            self._grow(name, nodes.minimum)
            existing = [node for node in snapshot.nodes if pool_of(node) == name]
            template, room = plugins.with_devices(self._node(name, 0)), self._room(name)
            # Pending pods may fit on nodes that are still to come or to advertise their GPUs: wait for these.
            if len(existing) < len(self._members[name]) or not all(plugins.is_done(node) for node in existing):
                spread, packed = ([one for one in specs if not admits(template, one)] for specs in (spread, packed))
                continue
            free = [_free(node, snapshot) for node in existing if not field(node, "spec.unschedulable", False)]
            added, packed = place(packed, free, template, room)
            more, spread = place(spread, [], template, room - added)
            self._grow(name, len(self._members[name]) + added + more)

    def _room(self, name: str) -> int:
        """Return how many more nodes the pool may have and the cloud has for it."""
        nodes = self._pools[name]
        if name in self._sold_out or self._lost_zones.issuperset(nodes.zones):
            return 0
        most = nodes.minimum if self._lacks(nodes) else nodes.maximum
        return most - len(self._members[name])

    def _lacks(self, nodes: PoolNodes) -> str:
        return nodes.autoscaler if nodes.minimum < nodes.maximum and nodes.autoscaler not in self.running else ""

    def _grow(self, name: str, size: int) -> None:
        members = self._members[name]
        for index in self._free_indices(name, min(size - len(members), self._room(name))):
            self._make(self._node(name, index))
            members.add(index)

    def _free_indices(self, name: str, count: int) -> Sequence[int]:
        """Return indices of new nodes in available zones with room, at most that many."""
        nodes, members = self._pools[name], self._members[name]
        if count <= 0:
            return []
        found: list[int] = []
        taken = Counter(self._zone(name, index) for index in members)
        for index in range((len(members) + count) * max(len(nodes.zones), 1) * 2):
            zone = self._zone(name, index)
            is_full = nodes.zone_maximum is not None and taken[zone] >= nodes.zone_maximum
            if index not in members and zone not in self._lost_zones and not is_full:
                found.append(index)
                taken[zone] += 1
        return found[:count]

    def _zone(self, name: str, index: int) -> str:
        return str(field(self._node(name, index), "metadata.labels", {}).get(ZONE_LABEL, ""))

    def _node(self, name: str, index: int) -> Object:
        node = self._pools[name].make(index)
        annotations = {**field(node, "metadata.annotations", {}), POOL_ANNOTATION: name}
        return {**node, "metadata": {**node["metadata"], "annotations": annotations}}

    def _make(self, node: Object) -> None:
        made = self._api.create(node)
        self._api.patch({**made, "apiVersion": "v1", "kind": "Node"}, {"status": node["status"]}, "status")

    def _delete(self, name: str, index: int) -> str:
        node = str(self._node(name, index)["metadata"]["name"])
        self._api.delete("v1", "Node", node)
        return node


def is_daemon(pod: Object) -> bool:
    """Return whether the pod belongs to a DaemonSet."""
    owners: Iterable[Object] = field(pod, "metadata.ownerReferences", [])
    return any(owner["kind"] == "DaemonSet" for owner in owners)


def _is_kept_apart(pod: Object) -> bool:
    said = str(condition(pod, "PodScheduled").get("message", ""))
    return any(words in said for words in ("topology spread", "anti-affinity", "pod affinity"))


def _free(node: Object, snapshot: Snapshot) -> Resources:
    room = allocatable(node)
    for pod in snapshot.pods:
        if pod["spec"].get("nodeName") == node["metadata"]["name"] and _is_active(pod):
            room = less(room, requests(pod["spec"]))
    return room


def _is_active(pod: Object) -> bool:
    return field(pod, "status.phase") not in ("Succeeded", "Failed")
