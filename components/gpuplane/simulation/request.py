"""A request to create or update a resource, for the rules that may refuse it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gpuplane.hardware import BUILT_IN, Catalogue
from gpuplane.simulation.inputs import at


@dataclass(frozen=True)
class Request:
    """A resource that is about to be created or updated.

    Attributes:
        token: Its type.
        name: Its physical name.
        inputs: Its inputs, secrets revealed.
        clusters: Names of this cloud's clusters in the program; empty without any, then every cluster may exist.
        launch_template: The inputs of its launch template; None without one.
        location: Its region or zone.
        project: Its Google Cloud project.
        catalogue: The machine types and accelerators that the cloud offers.
    """

    token: str
    name: str
    inputs: Mapping[str, Any]
    clusters: Sequence[str] = ()
    launch_template: Mapping[str, Any] | None = None
    location: str = ""
    project: str = ""
    catalogue: Catalogue = BUILT_IN

    def get(self, path: str, default: Any = None) -> Any:
        """Return the plain value at a property path such as `nodeConfig.machineType`; the default if it is unknown."""
        return at(self.inputs, path, default)
