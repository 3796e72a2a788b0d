"""The providers of a run that creates nothing: Kubernetes objects are only named, clouds only simulated."""

import base64
import threading
from collections.abc import Mapping
from typing import Any

from gpuplane.hardware import BUILT_IN, Catalogue
from gpuplane.kubernetes.manifests import is_object, manifest, resource_id
from gpuplane.recording import RecordedResource
from gpuplane.simulation.cloud import SimulatedCloud

MASK = "masked"
SIMULATED_HOST = "kubernetes.invalid"
SIMULATED_PACKAGES = ("gcp", "aws")


class DryResponder:
    """Stand-in for the providers that names Kubernetes objects and simulates the clouds.

    Attributes:
        manifests: The Kubernetes objects by URN.
    """

    def __init__(self, catalogue: Catalogue = BUILT_IN) -> None:
        self.manifests: dict[str, dict[str, Any]] = {}
        self._cloud = SimulatedCloud(f"{SIMULATED_HOST}:443", base64.b64encode(MASK.encode()).decode(), catalogue)
        self._lock = threading.Lock()
        self._namespaces: dict[str, str] = {}

    def create(self, resource: RecordedResource) -> tuple[str, Mapping[str, Any]]:
        """Return the id and outputs that the resource would have."""
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
        """Return the result of a cloud provider's function."""
        return self._cloud.invoke(token, args)
