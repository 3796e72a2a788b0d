"""One control plane on which a stack comes up again and again, as by one `pulumi up` after the other."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.program.dry_run import DryResponder
from gpuplane.program.run import run_program
from gpuplane.rehearsal import binaries, crds
from gpuplane.rehearsal.control_plane import control_plane
from gpuplane.rehearsal.control_plane.api import KubernetesApi, Refused
from gpuplane.rehearsal.control_plane.snapshot import Snapshot, pool_of
from gpuplane.rehearsal.controllers.cloud_controllers import CloudControllers
from gpuplane.rehearsal.controllers.custom_objects import kind_of
from gpuplane.rehearsal.controllers.initial_cluster import InitialCluster
from gpuplane.rehearsal.controllers.node_pools import is_daemon
from gpuplane.rehearsal.controllers.settling import settled
from gpuplane.rehearsal.in_process.responder import RehearsalResponder
from gpuplane.rehearsal.scenarios.stage import without_min_ready_seconds
from gpuplane.rehearsal.verdict.findings import Finding, findings
from gpuplane.rehearsal.verdict.refusals import refusals
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.nodes.pool_resources import POOL_TYPES
from projects import project_with

WATCH_SECONDS = 0.03


class LiveStack:
    """What is done to the stack, and how it is.

    Attributes:
        fewest: The fewest ready replicas of the server that were seen since `watch`.
    """

    def __init__(self, plane: control_plane.ControlPlane, leaving: ExitStack) -> None:
        self._plane, self._api, self._exit = plane, KubernetesApi(plane.kubeconfig), leaving
        self._pools: set[str] = set()
        self._is_over = threading.Event()
        self._watcher: threading.Thread | None = None
        self.fewest: int | None = None

    def up(self, folder: Path, stack: str, **overlay: Any) -> list[Finding]:
        """The stack with this config; a pool that it has no more goes last. What is not ready then."""
        folder.mkdir()
        project = project_with(folder, stack, overlay)
        settings = project.stack(stack)
        dry = DryResponder()
        run_program(project, settings, dry)
        if not self._pools:
            crds.install(self._api, dry.manifests.values(), lambda _: None)
            kinds = set(map(kind_of, dry.manifests.values()))
            self._controllers = self._exit.enter_context(CloudControllers(self._api, kinds))
            self._platforms = InitialCluster(self._api, self._controllers)
        # The real cloud knows what is there already: here each run asks one of its own, and the nodes are the same.
        cloud = SimulatedCloud(self._plane.endpoint, self._plane.ca_data)
        responder = RehearsalResponder(self._api, cloud, self._controllers, self._platforms)
        recording = run_program(project, settings, responder)
        for obj in map(without_min_ready_seconds, responder.manifests.values()):
            self._api.apply(obj)
        pools = {one.name for one in recording.resources if one.type in POOL_TYPES}
        for gone in self._pools - pools:
            self._controllers.remove_pool(gone)
        self._pools = pools
        return [*refusals(recording), *findings(self.settled(lambda now: not findings(now)))]

    def settled(self, is_done: Any) -> Snapshot:
        """The cluster when it is as wanted, or when nothing moves any more."""
        return settled(self._controllers, self._plane.check_alive, is_done)

    def drain(self, pool: str) -> int:
        """Cordons all nodes of a pool and evicts their pods, again where a budget refuses; how many are left."""
        nodes = [node for node in self._controllers.fresh().nodes if pool_of(node) == pool]
        names = {node["metadata"]["name"] for node in nodes}
        for node in nodes:
            self._api.patch(node, {"spec": {"unschedulable": True}})

        def here(now: Snapshot) -> list[dict[str, Any]]:
            return [pod for pod in now.pods if pod["spec"].get("nodeName") in names and not is_daemon(pod)]

        def is_empty(now: Snapshot) -> bool:
            for pod in here(now):
                try:
                    self._api.evict(pod)
                except Refused:
                    continue
            return not here(now)

        return len(here(self.settled(is_empty)))

    def pools_of(self, namespace: str) -> set[str]:
        """The pools on whose nodes a namespace's pods are."""
        now = self._controllers.fresh()
        by_node = {node["metadata"]["name"]: pool_of(node) for node in now.nodes}
        pods = [pod for pod in now.pods if pod["metadata"]["namespace"] == namespace]
        return {by_node.get(pod["spec"].get("nodeName", ""), "none") for pod in pods}

    def pools(self) -> set[str]:
        """The pools that have nodes."""
        return {pool_of(node) for node in self._controllers.fresh().nodes}

    def budget(self, namespace: str) -> int:
        """How many replicas the server's disruption budget keeps."""
        (one,) = [
            one
            for one in self._api.list("policy/v1", "PodDisruptionBudget")
            if one["metadata"]["namespace"] == namespace
        ]
        return field(one, "status.desiredHealthy", 0)

    def watch(self, namespace: str, name: str = "resnet50") -> None:
        """Counts the ready replicas of a server from now on, too often for a loss to be missed."""

        def see() -> None:
            while not self._is_over.wait(WATCH_SECONDS):
                ready = field(self._api.get("apps/v1", "Deployment", name, namespace), "status.readyReplicas", 0)
                self.fewest = ready if self.fewest is None else min(self.fewest, ready)

        self._watcher = threading.Thread(target=see, daemon=True)
        self._watcher.start()

    def end(self) -> None:
        """Nobody watches any more."""
        self._is_over.set()
        if self._watcher:
            self._watcher.join(timeout=5)


@contextmanager
def live_stack() -> Iterator[LiveStack]:
    """A control plane without anything on it yet."""
    with control_plane.start(binaries.ensure(lambda _: None), lambda _: None) as plane, ExitStack() as leaving:
        stack = LiveStack(plane, leaving)
        leaving.callback(stack.end)
        yield stack
