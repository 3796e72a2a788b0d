"""Answers the program while it runs: the real API server for Kubernetes objects, simulated clouds for the rest."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from gpuplane.kubernetes.manifests import KUBERNETES_PROVIDER, is_object, manifest, resource_id
from gpuplane.plain.nested import field
from gpuplane.program.dry_run import SIMULATED_PACKAGES
from gpuplane.recording import RecordedResource
from gpuplane.recording.errors import Refusal
from gpuplane.rehearsal.control_plane.api import KubernetesApi, Refused, key
from gpuplane.rehearsal.controllers.cloud_controllers import CloudControllers
from gpuplane.rehearsal.controllers.gpu_operator import RELEASE, gpu_operator_of, unchecked
from gpuplane.rehearsal.controllers.initial_cluster import InitialCluster
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.nodes.pool_resources import POOL_TYPES, pool_nodes

READY_TIMEOUT_SECONDS = 10


class NotRehearsedError(Refusal):
    """A resource of a kind that has no simulation; the message says which kinds have one."""

    source = "rehearsal"


class RehearsalResponder:
    """Takes the place of the engine's providers.

    Args:
        api: The rehearsal's API server. Every Kubernetes provider of the program leads here, whatever its kubeconfig.
        cloud: The simulated Google Cloud and AWS.
        controllers: Receives the node pools.
        platforms: Learns the platform of the cluster.

    Attributes:
        manifests: The Kubernetes objects as the program defines them, by `Kind namespace/name`.
    """

    def __init__(
        self, api: KubernetesApi, cloud: SimulatedCloud, controllers: CloudControllers, platforms: InitialCluster
    ) -> None:
        self._api = api
        self._cloud = cloud
        self._controllers = controllers
        self._platforms = platforms
        self.manifests: dict[str, dict[str, Any]] = {}
        self._default_namespaces: dict[str, str] = {}

    def create(self, resource: RecordedResource) -> tuple[str, Mapping[str, Any]]:
        """Create a resource, and return its id and outputs.

        Raises:
            Refused: The API server rejected it.
            CloudRefusal: Its cloud would refuse it.
            NotRehearsedError: Its kind has no simulation.
        """
        if resource.type == KUBERNETES_PROVIDER:
            return self._kubernetes_provider(resource)
        if resource.type.startswith("pulumi:providers:"):
            self._cloud.configure(resource.type.rpartition(":")[2], resource.inputs)
            return resource.name, resource.inputs
        if is_object(resource.type):
            return self._object(resource)
        if resource.type == RELEASE:
            return self._release(resource)
        if resource.package in SIMULATED_PACKAGES:
            return self._of_cloud(resource)
        raise NotRehearsedError(f"no simulation of {resource.type}, allowed: Kubernetes objects, gcp, aws")

    def call(self, token: str, args: Mapping[str, Any], provider: str) -> Mapping[str, Any]:
        """Answer a function of a cloud, such as the look-up of an existing cluster.

        Raises:
            CloudRefusal: The function is not simulated, or its arguments are wrong.
        """
        answer = self._cloud.invoke(token, args)
        self._platforms.on_call(token)
        return answer

    def _kubernetes_provider(self, resource: RecordedResource) -> tuple[str, Mapping[str, Any]]:
        namespace = resource.inputs.get("namespace")
        if isinstance(namespace, str):
            self._default_namespaces[resource.urn] = namespace
        self._platforms.on_provider(resource.inputs)
        return resource.name, resource.inputs

    def _object(self, resource: RecordedResource) -> tuple[str, Mapping[str, Any]]:
        obj = manifest(resource.name, resource.inputs, self._default_namespaces.get(resource.provider))
        live = self._api.apply(obj)
        self.manifests[key(live)] = {**obj, "metadata": {**obj["metadata"], "name": live["metadata"]["name"]}}
        wait = _WAITS.get(str(obj.get("kind")))
        if wait:
            live = wait(self._api, live)
        return resource_id(live), live

    def _release(self, resource: RecordedResource) -> tuple[str, Mapping[str, Any]]:
        """Record a Helm release, whose chart is not rendered: its name and its effect on nodes."""
        name = str(resource.inputs.get("name") or resource.name)
        operator = gpu_operator_of(resource.inputs)
        if operator:
            self._controllers.add_operator(operator)
        self._controllers.node_autoscalers.on_chart(str(resource.inputs.get("chart", "")))
        self._platforms.notes.append(unchecked(name, resource.inputs))
        return name, {**resource.inputs, "name": name, "status": {"name": name, "status": "deployed"}}

    def _of_cloud(self, resource: RecordedResource) -> tuple[str, Mapping[str, Any]]:
        resource_id, outputs = self._cloud.create(resource.type, resource.name, resource.inputs)
        self._platforms.on_resource(resource.type)
        if resource.type in POOL_TYPES:
            template = self._cloud.launch_template(resource.inputs)
            nodes = pool_nodes(resource.type, resource.name, outputs, template, self._cloud.catalogue)
            self._controllers.add_pool(resource.name, nodes)
        return resource_id, outputs


def _until_pods_may_come(api: KubernetesApi, namespace: dict[str, Any]) -> dict[str, Any]:
    """Wait until the namespace has its default service account: pods before that are rejected."""
    name = namespace["metadata"]["name"]
    deadline = time.monotonic() + READY_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        try:
            api.get("v1", "ServiceAccount", "default", name)
        except Refused:
            time.sleep(0.05)
        else:
            break
    return namespace


def _until_quota_counts(api: KubernetesApi, quota: dict[str, Any]) -> dict[str, Any]:
    """Wait until the quota has a status: pods before that are rejected."""
    metadata = quota["metadata"]
    deadline = time.monotonic() + READY_TIMEOUT_SECONDS
    while not field(quota, "status.hard") and time.monotonic() < deadline:
        time.sleep(0.05)
        quota = api.get("v1", "ResourceQuota", metadata["name"], metadata["namespace"])
    return quota


_WAITS: Mapping[str, Callable[[KubernetesApi, dict[str, Any]], dict[str, Any]]] = {
    "Namespace": _until_pods_may_come,
    "ResourceQuota": _until_quota_counts,
}
