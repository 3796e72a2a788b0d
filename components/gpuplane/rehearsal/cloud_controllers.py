"""What the clouds do beside the API server while a stack comes up, done here instead.

Node pools grow as pending pods need, device plugins make GPUs known, provisioners bind claims, and load balancers
get addresses.
"""

import threading
from collections.abc import Mapping
from typing import Any

from gpuplane.capacity.fit import Resources, allocatable, less, nodes_needed, requests
from gpuplane.fields import field
from gpuplane.rehearsal.api import KubernetesApi, Refused, condition
from gpuplane.rehearsal.clouds.pool import PoolNodes
from gpuplane.rehearsal.device_plugins import DevicePlugins
from gpuplane.rehearsal.errors import RehearsalError
from gpuplane.rehearsal.load_balancers import unaddressed
from gpuplane.rehearsal.operators import Operator
from gpuplane.rehearsal.snapshot import Snapshot
from gpuplane.rehearsal.verdict import POOL_ANNOTATION, pool_of
from gpuplane.rehearsal.volumes import provision

Object = dict[str, Any]

PERIOD_SECONDS = 0.25
JOIN_TIMEOUT_SECONDS = 2


class CloudControllers:
    """The cloud's controllers over one API server, in a thread of their own between `with` and its end.

    Attributes:
        latest: What the API server showed last.
        failure: Why they had to stop; None while they run.
    """

    def __init__(self, api: KubernetesApi) -> None:
        self.latest = Snapshot.empty()
        self.failure: RehearsalError | None = None
        self._operators: list[Operator] = []
        self._api = api
        self._pools: dict[str, PoolNodes] = {}
        self._sizes: dict[str, int] = {}
        self._lock = threading.Lock()
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cloud-controllers", daemon=True)

    def __enter__(self) -> "CloudControllers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_ending.set()
        # An API server that hangs would keep the thread: what ends the control plane ends it as well.
        self._thread.join(timeout=JOIN_TIMEOUT_SECONDS)

    def add_pool(self, name: str, nodes: PoolNodes) -> None:
        """A pool that the program has made: its fewest nodes come at once."""
        with self._lock:
            self._pools[name] = nodes
            self._sizes.setdefault(name, 0)
            self._grow(name, nodes.minimum)

    def add_operator(self, operator: Operator) -> None:
        """A GPU operator that the program has installed."""
        self._operators.append(operator)

    def remove_pool(self, name: str) -> None:
        """A pool that is gone, with its nodes."""
        with self._lock:
            for index in range(self._sizes.pop(name)):
                self._api.delete("v1", "Node", self._node(name, index)["metadata"]["name"])
            del self._pools[name]

    def _run(self) -> None:
        while not self._is_ending.wait(PERIOD_SECONDS):
            try:
                snapshot = Snapshot.of(self._api)
                self.tick(snapshot)
                self.latest = snapshot
            except RehearsalError as error:  # for whoever waits for the stack to become ready
                self.failure = error
                return
            except Refused as refusal:
                self.failure = RehearsalError(f"a simulated cloud was refused by the API server, {refusal}")
                return

    def tick(self, snapshot: Snapshot) -> None:
        """One round over what the API server shows."""
        plugins = DevicePlugins(snapshot, self._operators)
        with self._lock:
            self._advertise(snapshot, plugins)
            self._scale_up(snapshot, plugins)
        volumes, _ = provision(snapshot.claims, snapshot.classes, snapshot.volumes, snapshot.pods)
        for volume in volumes:
            self._api.apply(volume)
        for service, status in unaddressed(snapshot.services):
            self._api.patch(service, status, "status")

    def _advertise(self, snapshot: Snapshot, plugins: DevicePlugins) -> None:
        """GPUs of nodes on which a device plugin's pod runs, as its config shows them."""
        for node in snapshot.nodes:
            change = plugins.change(node)
            if change:
                self._api.patch(node, change, "status")

    def _scale_up(self, snapshot: Snapshot, plugins: DevicePlugins) -> None:
        pending = [
            pod["spec"] for pod in snapshot.pods if condition(pod, "PodScheduled").get("reason") == "Unschedulable"
        ]
        for name, nodes in self._pools.items():
            existing = [node for node in snapshot.nodes if pool_of(node) == name]
            # Nodes that are still to come, or to show their GPUs, may take what is pending: first let them.
            if len(existing) < self._sizes[name] or not all(plugins.is_done(node) for node in existing):
                continue
            if self._sizes[name] >= nodes.maximum:
                continue
            template = self._node(name, self._sizes[name])
            free = [_free(node, snapshot) for node in existing]
            wanted = self._sizes[name] + nodes_needed(pending, free, plugins.furnished(template))
            self._grow(name, min(wanted, nodes.maximum))

    def _grow(self, name: str, size: int) -> None:
        for index in range(self._sizes[name], size):
            self._make(self._node(name, index))
        self._sizes[name] = max(self._sizes[name], size)

    def _node(self, name: str, index: int) -> Object:
        node = self._pools[name].make(index)
        annotations = {**field(node, "metadata.annotations", {}), POOL_ANNOTATION: name}
        return {**node, "metadata": {**node["metadata"], "annotations": annotations}}

    def _make(self, node: Object) -> None:
        made = self._api.create(node)
        self._api.patch({**made, "apiVersion": "v1", "kind": "Node"}, {"status": node["status"]}, "status")


def _free(node: Object, snapshot: Snapshot) -> Resources:
    room = allocatable(node)
    for pod in snapshot.pods:
        if pod["spec"].get("nodeName") == node["metadata"]["name"] and _is_active(pod):
            room = less(room, requests(pod["spec"]))
    return room


def _is_active(pod: Mapping[str, Any]) -> bool:
    return field(pod, "status.phase") not in ("Succeeded", "Failed")
