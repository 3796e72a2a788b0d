"""Running a program where nothing is made: Kubernetes objects are only named, clouds only simulated."""

import base64
import threading
from collections.abc import Mapping
from typing import Any

from gpuplane.manifests import is_object, manifest, resource_id
from gpuplane.project import Project, StackSettings
from gpuplane.recording import RecordedResource, Recording, run_path
from gpuplane.rehearsal.clouds.cloud import SimulatedCloud
from gpuplane.rehearsal.verdict.failures import raise_failures

MASK = "masked"
SIMULATED_HOST = "kubernetes.invalid"
SIMULATED_PACKAGES = ("gcp", "aws")


def dry_run(project: Project, settings: StackSettings, responder: "DryResponder") -> Recording:
    """Runs a stack's program so that nothing is made anywhere.

    Raises:
        InvalidArgumentsError: Its config or the arguments of a component are wrong.
        RehearsalError: The program itself failed.
    """
    recording = run_path(
        project.main,
        responder,
        project=settings.project,
        stack=settings.stack,
        config=settings.config,
        secret_keys=settings.secret_keys,
    )
    raise_failures(recording, project.main)
    return recording


class DryResponder:
    """Stands for the providers: names Kubernetes objects, and simulates the clouds.

    Attributes:
        manifests: The Kubernetes objects by URN.
    """

    def __init__(self) -> None:
        self.manifests: dict[str, dict[str, Any]] = {}
        self._cloud = SimulatedCloud(f"{SIMULATED_HOST}:443", base64.b64encode(MASK.encode()).decode())
        self._lock = threading.Lock()
        self._namespaces: dict[str, str] = {}

    def create(self, resource: RecordedResource) -> tuple[str, Mapping[str, Any]]:
        """The id and outputs that the resource would have."""
        if resource.type.startswith("pulumi:providers:"):
            namespace = resource.inputs.get("namespace")
            if isinstance(namespace, str):
                self._namespaces[resource.urn] = namespace
            return resource.name, resource.inputs
        if is_object(resource.type):
            obj = manifest(resource.name, resource.inputs, self._namespaces.get(resource.provider))
            with self._lock:
                self.manifests[resource.urn] = obj
            return resource_id(obj), obj
        if resource.package in SIMULATED_PACKAGES:
            return self._cloud.create(resource.type, resource.name, resource.inputs)
        return resource.name, resource.inputs

    def call(self, token: str, args: Mapping[str, Any], provider: str) -> Mapping[str, Any]:
        """The result of a cloud's function."""
        return self._cloud.invoke(token, args)
