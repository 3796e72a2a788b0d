"""The controllers of the clouds and of the cluster's nodes, in one loop.

Node pools grow for pending pods, device plugins advertise GPUs, provisioners bind claims, and load balancers get
addresses.
"""

import contextlib
import threading
from collections.abc import Collection
from typing import Any

from gpuplane.hardware import BUILT_IN, Catalogue
from gpuplane.program.errors import RunError
from gpuplane.rehearsal.control_plane.api import KubernetesApi, Refused
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.compute_classes import ComputeClasses
from gpuplane.rehearsal.controllers.custom_objects import CustomObjects, Kind
from gpuplane.rehearsal.controllers.device_plugins import DevicePlugins
from gpuplane.rehearsal.controllers.gpu_operator import GpuOperator
from gpuplane.rehearsal.controllers.karpenter import Karpenter
from gpuplane.rehearsal.controllers.keda import Keda
from gpuplane.rehearsal.controllers.load_balancers import services_without_address
from gpuplane.rehearsal.controllers.node_autoscalers import NodeAutoscalers
from gpuplane.rehearsal.controllers.node_pools import NodePools, PoolState
from gpuplane.rehearsal.controllers.volumes import provision
from gpuplane.simulation.nodes.pool import PoolNodes

Object = dict[str, Any]

PERIOD_SECONDS = 0.25
JOIN_TIMEOUT_SECONDS = 2
ROUND_TIMEOUT_SECONDS = 60


class CloudControllers:
    """The controllers over one API server. They run in a thread of their own inside a `with` block.

    Args:
        api: The API server.
        kinds: The kinds of the program's objects. By default no custom ones are read.
        catalogue: The machine types and accelerators that the clouds offer.

    Attributes:
        latest: The last snapshot.
        failure: Why they stopped; None while they run.
        node_autoscalers: The node autoscalers of the cluster.
    """

    def __init__(
        self,
        api: KubernetesApi,
        kinds: Collection[Kind] = (),
        catalogue: Catalogue = BUILT_IN,
    ) -> None:
        self.latest = Snapshot.empty()
        self.failure: RunError | None = None
        self.node_autoscalers = NodeAutoscalers()
        self._operators: list[GpuOperator] = []
        self._notes: list[str] = []
        self._api = api
        self._pools = NodePools(api)
        readers = (
            Karpenter(self, self._notes, catalogue),
            ComputeClasses(self, self._notes, catalogue),
            Keda(api, self._notes),
        )
        self._custom_objects = CustomObjects(api, kinds, readers)
        self._lock = threading.Lock()
        self._rounds = threading.Condition()
        self._begun = self._ended = 0
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cloud-controllers", daemon=True)

    def __enter__(self) -> "CloudControllers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_ending.set()
        # The thread may hang in a request: it ends with the control plane.
        self._thread.join(timeout=JOIN_TIMEOUT_SECONDS)

    def add_pool(self, name: str, nodes: PoolNodes) -> None:
        """Add a node pool of the program; its minimum of nodes comes at once."""
        with self._lock:
            self._pools.add(name, nodes)

    def add_operator(self, operator: GpuOperator) -> None:
        """Add a GPU operator that the program has installed."""
        self._operators.append(operator)

    def remove_pool(self, name: str) -> None:
        """Remove a pool with its nodes and their pods."""
        with self._lock:
            gone = self._pools.remove(name)
        self._delete_pods_of(gone)

    def notes(self) -> list[str]:
        """Return which objects bring no nodes here and what was assumed to be in the cluster, one line each."""
        with self._lock:
            needed = self._pools.needed
        return [*self._notes, *self.node_autoscalers.notes(needed, self.latest)]

    def pools(self) -> list[PoolState]:
        """Return the present state of all pools."""
        plugins = DevicePlugins(self.latest, self._operators)
        with self._lock:
            return self._pools.states(plugins)

    def retire(self, node_name: str) -> None:
        """Remove a node; its pool keeps its minimum."""
        with self._lock:
            gone = self._pools.retire(node_name)
        self._delete_pods_of(gone)

    def lose_zone(self, zone: str) -> None:
        """Remove all nodes of a zone, and allow none there until `regain_zones`."""
        with self._lock:
            gone = self._pools.lose(zone)
        self._delete_pods_of(gone)

    def sell_out(self, name: str) -> None:
        """Let the cloud have no more nodes for a pool."""
        with self._lock:
            self._pools.sell_out(name)

    def regain_zones(self) -> None:
        """Allow nodes in all zones again."""
        with self._lock:
            self._pools.regain()

    def shrink(self) -> None:
        """Remove nodes without workloads, down to each pool's minimum."""
        snapshot = self.fresh()
        with self._lock:
            gone = self._pools.shrink(snapshot)
        self._delete_pods_of(gone)

    def fresh(self) -> Snapshot:
        """Return a snapshot that was taken after this call began.

        Raises:
            RunError: The controllers stopped.
        """
        with self._rounds:
            wanted = self._begun + 1
            self._rounds.wait_for(lambda: self._ended >= wanted or self.failure, timeout=ROUND_TIMEOUT_SECONDS)
        if self.failure:
            raise self.failure
        return self.latest

    def _delete_pods_of(self, nodes: Collection[str]) -> None:
        """Delete the pods of removed nodes at once: the control plane itself would take minutes."""
        if not nodes:
            return
        for pod in self._api.list("v1", "Pod"):
            if pod["spec"].get("nodeName") in nodes:
                metadata = pod["metadata"]
                with contextlib.suppress(Refused):  # already deleted
                    self._api.delete("v1", "Pod", metadata["name"], metadata["namespace"], at_once=True)

    def _run(self) -> None:
        while not self._is_ending.wait(PERIOD_SECONDS):
            with self._rounds:
                self._begun += 1
            try:
                self._custom_objects.tick()
                snapshot = Snapshot.of(self._api)
                self.tick(snapshot)
                self.latest = snapshot
            except RunError as error:  # raised in the thread that waits for the stack
                self.failure = error
            except Refused as refusal:
                self.failure = RunError(f"a simulated cloud was refused by the API server, {refusal}")
            except Exception as error:  # likewise
                self.failure = RunError(f"a simulated cloud failed, {type(error).__name__}: {error}")
            with self._rounds:
                self._ended = self._begun
                self._rounds.notify_all()
            if self.failure:
                return

    def tick(self, snapshot: Snapshot) -> None:
        """Run one round over a snapshot."""
        plugins = DevicePlugins(snapshot, self._operators)
        with self._lock:
            self._advertise(snapshot, plugins)
            self._pools.running = self.node_autoscalers.running(snapshot)
            self._pools.tick(snapshot, plugins)
        volumes, _ = provision(snapshot.claims, snapshot.classes, snapshot.volumes)
        for volume in volumes:
            self._api.apply(volume)
        for service, status in services_without_address(snapshot.services):
            self._api.patch(service, status, "status")

    def _advertise(self, snapshot: Snapshot, plugins: DevicePlugins) -> None:
        """Advertise the devices of nodes where a device plugin's pod runs."""
        for node in snapshot.nodes:
            change = plugins.change(node)
            if change:
                self._api.patch(node, change, "status")
